use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError as ClientError;

/// What librdkafka has to say, in our log.
pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => tracing::error!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", facility, "{message}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{message}"),
    }
}

/// Errors of no call in particular: a connection that broke, a broker that is away. What they do to a call, the call
/// says itself.
pub(super) fn error(error: &ClientError, reason: &str) {
    tracing::warn!(target: "librdkafka", %error, "{reason}");
}
