use rdkafka::types::RDKafkaErrorCode as Code;
use resilience::Kind;

use super::super::error::kind_of;

#[test]
fn codes_say_whether_another_try_may_help() {
    let table = [
        (Code::MessageTimedOut, Kind::TimedOut),
        (Code::RequestTimedOut, Kind::TimedOut),
        (Code::AllBrokersDown, Kind::Transient),
        (Code::NotLeaderForPartition, Kind::Transient),
        (Code::NotEnoughReplicas, Kind::Transient),
        (Code::NotEnoughReplicasAfterAppend, Kind::UnknownOutcome),
        (Code::QueueFull, Kind::Transient),
        (Code::ThrottlingQuotaExceeded, Kind::RateLimited { after: None }),
        (Code::SaslAuthenticationFailed, Kind::Unauthorised),
        (Code::TopicAuthorizationFailed, Kind::Unauthorised),
        (Code::MessageSizeTooLarge, Kind::Invalid),
        (Code::InvalidTopic, Kind::Invalid),
        (Code::UnknownTopicOrPartition, Kind::Transient),
        (Code::IllegalGeneration, Kind::Rejected),
        (Code::PolicyViolation, Kind::Rejected),
    ];
    for (code, kind) in table {
        assert_eq!(kind_of(code), kind, "{code:?}");
    }
}
