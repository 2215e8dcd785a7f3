use super::body::{Body, Chunks, Unreadable};

/// The head of a request or an answer, as it came, and what of it matters for passing it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) bytes: Vec<u8>,
    pub(crate) first: First,
    /// The connection is not to be used again.
    pub(crate) closes: bool,
    pub(crate) expects_continue: bool,
    length: Option<u64>,
    is_chunked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Request(Method),
    Answer(u16),
}

/// The methods that change where an answer ends, and all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Head,
    Connect,
    Other,
}

impl Head {
    /// # Errors
    /// `Unreadable` for what is not the head of an HTTP/1 request.
    pub(crate) fn request(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        Self::read(bytes, |line| {
            let mut words = line.split(' ');
            let method = match words.next() {
                Some("HEAD") => Method::Head,
                Some("CONNECT") => Method::Connect,
                Some(_) => Method::Other,
                None => return None,
            };
            Some((words.nth(1)?, First::Request(method)))
        })
    }

    /// # Errors
    /// `Unreadable` for what is not the head of an HTTP/1 answer.
    pub(crate) fn answer(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        Self::read(bytes, |line| {
            let (version, rest) = line.split_once(' ')?;
            Some((version, First::Answer(rest.get(..3)?.parse().ok()?)))
        })
    }

    fn read(bytes: Vec<u8>, first_line: impl Fn(&str) -> Option<(&str, First)>) -> Result<Self, Unreadable> {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.lines();
        let (version, first) = lines.next().and_then(first_line).ok_or(Unreadable)?;
        let closes = match version {
            "HTTP/1.1" => false,
            "HTTP/1.0" => true,
            _ => return Err(Unreadable),
        };
        let mut head =
            Self { bytes, first, closes, expects_continue: false, length: None, is_chunked: false };
        lines.filter_map(|line| line.split_once(':')).try_for_each(|(name, value)| head.note(name, value))?;
        Ok(head)
    }

    fn note(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        let value = value.trim();
        let has = |word: &str| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word));
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let length = value.parse().map_err(|_| Unreadable)?;
                if self.length.replace(length).is_some_and(|before| before != length) {
                    return Err(Unreadable);
                }
            }
            "transfer-encoding" => self.is_chunked = has("chunked"),
            "connection" if has("close") => self.closes = true,
            "connection" if has("keep-alive") => self.closes = false,
            "expect" => self.expects_continue = has("100-continue"),
            _ => {}
        }
        Ok(())
    }

    /// What follows a request.
    pub(crate) fn question_body(&self) -> Body {
        if self.is_chunked { Body::Chunked(Chunks::BEGIN) } else { Body::Sized(self.length.unwrap_or(0)) }
    }

    /// What follows an answer to such a request.
    pub(crate) fn answer_body(&self, method: Method) -> Body {
        match self.first {
            First::Answer(204 | 304) => Body::NONE,
            _ if method == Method::Head => Body::NONE,
            _ if self.is_chunked => Body::Chunked(Chunks::BEGIN),
            _ => self.length.map_or(Body::UntilEnd, Body::Sized),
        }
    }

    pub(crate) const fn method(&self) -> Method {
        match self.first {
            First::Request(method) => method,
            First::Answer(_) => Method::Other,
        }
    }

    /// An answer behind which the real one comes.
    pub(crate) const fn is_interim(&self) -> bool {
        matches!(self.first, First::Answer(100 | 102..=199))
    }

    /// An answer behind which the connection is no longer HTTP.
    pub(crate) const fn opens_tunnel(&self, method: Method) -> bool {
        match self.first {
            First::Answer(101) => true,
            First::Answer(200..=299) => matches!(method, Method::Connect),
            _ => false,
        }
    }
}
