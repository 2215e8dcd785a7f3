//! Kafka → PostgreSQL: the program between brokers and a database, both of which are real to it.

mod kills;
mod outages;
mod poison;
mod publishing;
mod traffic;

/// The brokers of the other tests, in a process that they start; nothing where nobody asks for them.
#[test]
fn brokers() {
    servers::kafka::host();
}
