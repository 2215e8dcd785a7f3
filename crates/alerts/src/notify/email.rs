use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use resilience::Kind;
use resilience::{Idempotency, Policy};
use secrets::Secret;
use thiserror::Error;

use super::channel::{Tell, TellError, Told};
use super::message::Message;

/// How the connection to the mail server is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: for a server on this machine.
    None,
    /// From the first greeting on, and demanded.
    StartTls,
    /// From the first byte.
    Tls,
}

/// Where mails go and from whom.
#[derive(Debug, Clone)]
pub struct EmailConfig {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Name and password, where the server wants them.
    pub credentials: Option<(String, Secret)>,
    pub from: String,
    pub to: Vec<String>,
    /// For each command of the conversation.
    pub timeout: Duration,
}

/// Why mails cannot be sent at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmailFault {
    #[error("`{0}` is no mail address")]
    Address(String),
    #[error("there is nobody to send mails to")]
    Nobody,
    #[error("a password must not cross the network in the clear: use starttls or tls")]
    PasswordInTheClear,
    #[error("TLS for {0} cannot be set up")]
    Tls(String),
}

/// Sends each notice as a mail of two forms.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    policy: Policy,
}

impl EmailConfig {
    /// Everything that stands in the way of mails, as far as it shows before the first one is sent.
    #[must_use]
    pub fn faults(&self) -> Vec<EmailFault> {
        let addresses = std::iter::once(&self.from).chain(&self.to);
        let mut faults: Vec<EmailFault> = addresses.filter_map(|text| mailbox(text).err()).collect();
        faults.extend(self.to.is_empty().then_some(EmailFault::Nobody));
        faults.extend(self.shows_its_password().then_some(EmailFault::PasswordInTheClear));
        faults
    }

    fn shows_its_password(&self) -> bool {
        let is_local = self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.host == "localhost";
        self.credentials.is_some() && self.encryption == Encryption::None && !is_local
    }
}

fn mailbox(text: &str) -> Result<Mailbox, EmailFault> {
    text.parse().map_err(|_| EmailFault::Address(text.to_owned()))
}

impl Email {
    /// # Errors
    /// [`EmailFault`].
    pub fn new(config: &EmailConfig, policy: Policy) -> Result<Self, EmailFault> {
        if let Some(fault) = config.faults().into_iter().next() {
            return Err(fault);
        }
        let to = config.to.iter().map(|text| mailbox(text)).collect::<Result<Vec<Mailbox>, _>>()?;
        Ok(Self { transport: transport(config)?, from: mailbox(&config.from)?, to, policy })
    }

    async fn send(&self, message: &Message) -> Result<(), TellError> {
        let mail = self.mail(message)?;
        // A mail that comes twice does no harm; one that does not come may.
        let sent = self
            .policy
            .call(Idempotency::Idempotent, |_| {
                let mail = mail.clone();
                async move { self.transport.send(mail).await.map(drop).map_err(|error| refused(&error)) }
            })
            .await;
        sent.map_err(|error| TellError { kind: resilience::Failure::kind(&error), what: error.to_string() })
    }

    fn mail(&self, message: &Message) -> Result<lettre::Message, TellError> {
        let mut mail = lettre::Message::builder()
            .from(self.from.clone())
            .message_id(Some(format!("<{}@bellwether>", message.id)))
            .subject(message.subject());
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        let text = message.body();
        let page = format!("<pre style=\"font:14px/1.5 monospace\">{}</pre>", escaped(&text));
        mail.multipart(MultiPart::alternative_plain_html(text, page)).map_err(|error| TellError {
            kind: Kind::Invalid,
            what: format!("the mail cannot be written: {error}"),
        })
    }
}

fn transport(config: &EmailConfig) -> Result<AsyncSmtpTransport<Tokio1Executor>, EmailFault> {
    let parameters =
        || TlsParameters::new(config.host.clone()).map_err(|_| EmailFault::Tls(config.host.clone()));
    let tls = match config.encryption {
        Encryption::None => Tls::None,
        Encryption::StartTls => Tls::Required(parameters()?),
        Encryption::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
        .port(config.port)
        .tls(tls)
        .timeout(Some(config.timeout));
    if let Some((name, password)) = &config.credentials {
        builder = builder.credentials(Credentials::new(name.clone(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

/// What a mail server's answer means; its own words may hold addresses, so they are not passed on.
fn refused(error: &lettre::transport::smtp::Error) -> TellError {
    let (kind, what) = match () {
        () if error.is_timeout() => (Kind::TimedOut, "the mail server did not answer in time"),
        () if error.is_permanent() => (Kind::Rejected, "the mail server refused the mail"),
        () if error.is_tls() => (Kind::Transient, "the mail server's encryption cannot be trusted"),
        () if error.is_transient() => (Kind::Transient, "the mail server wants to be asked later"),
        () => (Kind::Transient, "the mail server cannot be reached"),
    };
    let code = error.status().map_or_else(String::new, |code| format!(" (code {code})"));
    TellError { kind, what: format!("{what}{code}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl std::fmt::Debug for Email {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Email").field("to", &self.to.len()).finish_non_exhaustive()
    }
}

impl Tell for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn tell<'a>(&'a self, message: &'a Message) -> Told<'a> {
        Box::pin(self.send(message))
    }
}
