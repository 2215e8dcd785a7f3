//! AWS Secrets Manager, through Amazon's own SDK. What is tried again and when is the policy's to say, not the SDK's.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use resilience::policy::{Policy, PolicyError};
use resilience::retry::Idempotency;
use resilience::{Failure, Kind};
use tokio::sync::OnceCell;

use crate::config::AwsConfig;
use crate::error::Fault;
use crate::secret::Secret;

const CONNECT: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_secs(30);

pub(crate) struct Aws {
    config: AwsConfig,
    policy: Policy,
    /// Made when it is first needed: making it may ask the machine who and where it is.
    client: OnceCell<Client>,
}

impl Aws {
    pub(crate) fn new(config: AwsConfig, policy: Policy) -> Self {
        Self { config, policy, client: OnceCell::new() }
    }

    /// The current value of a secret, as text.
    pub(crate) async fn read(&self, id: &str) -> Result<Secret, Fault> {
        self.policy.call(Idempotency::Idempotent, |_| self.ask(id)).await.map_err(told)
    }

    async fn ask(&self, id: &str) -> Result<Secret, Fault> {
        let client = self.client.get_or_try_init(|| self.connect()).await?;
        let answer = client.get_secret_value().secret_id(id).send().await.map_err(|error| fault(&error))?;
        let text = match (answer.secret_string, answer.secret_binary) {
            (Some(text), _) => Some(text),
            (None, Some(bytes)) => String::from_utf8(bytes.into_inner()).ok(),
            (None, None) => None,
        };
        text.map(Secret::new).ok_or_else(|| Fault::rejected("the secret in AWS is not text"))
    }

    async fn connect(&self) -> Result<Client, Fault> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .operation_timeout(READ)
            .build();
        let mut found = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        if let Some(region) = &self.config.region {
            found = found.region(Region::new(region.clone()));
        }
        let found = found.load().await;
        if found.region().is_none() {
            return Err(Fault::invalid("AWS was not asked: its region is not set"));
        }
        let mut config = aws_sdk_secretsmanager::config::Builder::from(&found);
        if let Some(endpoint) = &self.config.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Ok(Client::from_conf(config.build()))
    }
}

fn told(error: PolicyError<Fault>) -> Fault {
    let kind = error.kind();
    match error {
        PolicyError::Failed(fault) | PolicyError::Exhausted { last: fault, .. } => fault,
        refusal => Fault::new(kind, format!("AWS was not asked: {refusal}")),
    }
}

fn fault<R>(error: &SdkError<GetSecretValueError, R>) -> Fault {
    match error {
        SdkError::ServiceError(error) => of_service(error.err().code().unwrap_or_default()),
        SdkError::TimeoutError(_) => Fault::new(Kind::TimedOut, "AWS did not answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            Fault::new(Kind::TimedOut, "AWS did not answer in time")
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => Fault::transient("AWS is out of reach"),
        SdkError::DispatchFailure(failure) => failure
            .as_connector_error()
            .and_then(|error| error.source())
            .and_then(|source| source.downcast_ref::<CredentialsError>())
            .map_or_else(not_understood, of_credentials),
        SdkError::ResponseError(_) => not_understood(),
        _ => Fault::invalid("AWS was not asked: the request cannot be made"),
    }
}

fn not_understood() -> Fault {
    Fault::new(Kind::UnknownOutcome, "what AWS answered is not understood")
}

fn of_credentials(error: &CredentialsError) -> Fault {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => Fault::unauthorised(
            "AWS was not asked: no credentials were found (variables, profile, role of the pod or of the machine)",
        ),
        CredentialsError::InvalidConfiguration(_) => {
            Fault::unauthorised("AWS was not asked: where its credentials are is configured wrongly")
        }
        _ => Fault::transient("AWS was not asked: what gives its credentials did not answer"),
    }
}

fn of_service(code: &str) -> Fault {
    match code {
        "ResourceNotFoundException" => Fault::rejected("AWS has no such secret in this region and account"),
        "InvalidRequestException" => {
            Fault::rejected("the secret in AWS is marked for deletion or has no value")
        }
        "InvalidParameterException" | "ValidationException" => {
            Fault::rejected("AWS does not accept this name of a secret")
        }
        "DecryptionFailure" => Fault::rejected("AWS cannot decrypt the secret: its KMS key is not usable"),
        "AccessDeniedException" => Fault::unauthorised(
            "AWS denies it: the role needs secretsmanager:GetSecretValue for this secret, and kms:Decrypt for its key",
        ),
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "InvalidClientTokenId"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => {
            Fault::unauthorised("AWS does not accept the credentials: they are unknown, expired or wrong")
        }
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            Fault::new(Kind::RateLimited { after: None }, "AWS wants fewer requests")
        }
        "InternalServiceError" | "InternalFailure" | "ServiceUnavailable" | "ServiceUnavailableException" => {
            Fault::transient("AWS has an internal error")
        }
        // the SDK gives an answer that it cannot read no code
        "" => not_understood(),
        _ => Fault::new(Kind::UnknownOutcome, "AWS answered with an error that is not known"),
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Aws").field("config", &self.config).finish_non_exhaustive()
    }
}
