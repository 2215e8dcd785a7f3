use rdkafka::error::KafkaError as ClientError;
use rdkafka::types::RDKafkaErrorCode as Code;
use resilience::{Failure, Kind};
use thiserror::Error;

/// Why brokers did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{doing}: {reason}")]
pub struct KafkaError {
    kind: Kind,
    doing: &'static str,
    reason: String,
}

impl KafkaError {
    pub(super) fn new(kind: Kind, doing: &'static str, reason: impl Into<String>) -> Self {
        Self { kind, doing, reason: reason.into() }
    }

    pub(super) fn of(doing: &'static str, error: &ClientError) -> Self {
        let kind = error.rdkafka_error_code().map_or_else(|| kind_without_code(error), kind_of);
        Self::new(kind, doing, error.to_string())
    }
}

impl Failure for KafkaError {
    fn kind(&self) -> Kind {
        self.kind
    }
}

fn kind_without_code(error: &ClientError) -> Kind {
    match error {
        ClientError::ClientConfig(..) | ClientError::ClientCreation(_) | ClientError::Nul(_) => Kind::Invalid,
        _ => Kind::Transient,
    }
}

/// What a code says of another try. Those that are not named are refusals.
pub(super) const fn kind_of(code: Code) -> Kind {
    match code {
        Code::OperationTimedOut | Code::MessageTimedOut | Code::RequestTimedOut | Code::TimedOutQueue => {
            Kind::TimedOut
        }
        Code::NotEnoughReplicasAfterAppend | Code::PurgeInflight => Kind::UnknownOutcome,
        Code::ThrottlingQuotaExceeded => Kind::RateLimited { after: None },
        Code::Authentication
        | Code::SSL
        | Code::SaslAuthenticationFailed
        | Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => Kind::Unauthorised,
        Code::MessageSizeTooLarge
        | Code::MessageBatchTooLarge
        | Code::InvalidMessage
        | Code::InvalidMessageSize
        | Code::InvalidRecord
        | Code::InvalidTimestamp
        | Code::InvalidTopic
        | Code::InvalidArgument
        | Code::InvalidConfig => Kind::Invalid,
        code if is_passing(code) => Kind::Transient,
        _ => Kind::Rejected,
    }
}

/// Brokers come and go, and so do their offices.
const fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::BrokerTransportFailure
            | Code::AllBrokersDown
            | Code::BrokerDestroy
            | Code::BrokerNotAvailable
            | Code::Resolve
            | Code::NodeUpdate
            | Code::NetworkException
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::ReplicaNotAvailable
            | Code::NotEnoughReplicas
            | Code::ISRInsufficient
            | Code::KafkaStorageError
            | Code::CoordinatorLoadInProgress
            | Code::CoordinatorNotAvailable
            | Code::NotCoordinator
            | Code::WaitingForCoordinator
            | Code::RebalanceInProgress
            | Code::FencedLeaderEpoch
            | Code::UnknownLeaderEpoch
            | Code::OffsetNotAvailable
            | Code::PreferredLeaderNotAvailable
            | Code::EligibleLeadersNotAvailable
            | Code::ReassignmentInProgress
            | Code::UnstableOffsetCommit
            | Code::PollExceeded
            | Code::QueueFull
            | Code::PurgeQueue
            | Code::Retry
            | Code::WaitCache
            // A topic that was just made is not known everywhere at once.
            | Code::UnknownTopicOrPartition
            | Code::UnknownTopicId
            // The client is made anew.
            | Code::Fatal
            | Code::OutOfOrderSequenceNumber
            | Code::UnknownProducerId
            | Code::InvalidProducerEpoch
    )
}
