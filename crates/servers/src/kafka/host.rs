//! The other process: it makes the brokers and does what it is told.

use std::error::Error;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, DefaultProducerContext, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use super::{ADDRESS, COUNT};

type Cluster<'a> = MockCluster<'a, DefaultProducerContext>;

/// Is the brokers, until the input ends. For a test of its own, which does nothing where nobody asks.
#[expect(clippy::print_stdout, reason = "the one who started it reads what it prints")]
pub fn host() {
    let Ok(count) = std::env::var(COUNT) else { return };
    let client: BaseProducer =
        ClientConfig::new().set("test.mock.num.brokers", &count).create().expect("brokers can be made");
    begin_groups_at_once(&client);
    let cluster = client.client().mock_cluster().expect("the client has brokers of its own");
    println!("\n{ADDRESS}{}", cluster.bootstrap_servers());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match obey(&cluster, &line.split(' ').collect::<Vec<_>>()) {
            Ok(()) => println!("\ndone"),
            Err(error) => println!("\nrefused: {error}"),
        }
    }
}

/// A new group otherwise waits three seconds for more members.
#[expect(unsafe_code, reason = "the client's safe face lacks this one setting")]
fn begin_groups_at_once(client: &BaseProducer) {
    use rdkafka::bindings::{rd_kafka_handle_mock_cluster, rd_kafka_mock_group_initial_rebalance_delay_ms};
    // SAFETY: the handle is that of a living client, and the brokers live as long as it does.
    unsafe {
        let cluster = rd_kafka_handle_mock_cluster(client.client().native_ptr());
        assert!(!cluster.is_null(), "the client has brokers of its own");
        rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
    }
}

fn obey(cluster: &Cluster<'_>, words: &[&str]) -> Result<(), Box<dyn Error>> {
    match words {
        ["topic", name, partitions] => cluster.create_topic(name, partitions.parse()?, 1)?,
        ["down", broker] => cluster.broker_down(broker.parse()?)?,
        ["up", broker] => cluster.broker_up(broker.parse()?)?,
        ["delay", broker, millis] => {
            cluster.broker_round_trip_time(broker.parse()?, Duration::from_millis(millis.parse()?))?;
        }
        ["fail", request, answer, count] => {
            let (request, answer) = (request_named(request)?, answer_named(answer)?);
            cluster.request_errors(request, &vec![answer; count.parse()?]);
        }
        _ => return Err("no such command".into()),
    }
    Ok(())
}

fn request_named(name: &str) -> Result<RDKafkaApiKey, Box<dyn Error>> {
    Ok(match name {
        "Produce" => RDKafkaApiKey::Produce,
        "Fetch" => RDKafkaApiKey::Fetch,
        "OffsetCommit" => RDKafkaApiKey::OffsetCommit,
        _ => return Err("no such request".into()),
    })
}

fn answer_named(name: &str) -> Result<RDKafkaRespErr, Box<dyn Error>> {
    Ok(match name {
        "NotLeader" => RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        "NotAuthorised" => RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
        "TooLarge" => RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
        "IllegalGeneration" => RDKafkaRespErr::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
        _ => return Err("no such answer".into()),
    })
}
