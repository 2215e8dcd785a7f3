//! Request bodies and query strings, read so that every faulty field is named.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::{FieldError, Problem};

/// The fields of a JSON object, taken one by one; faults are gathered.
pub(crate) struct Fields {
    left: Map<String, Value>,
    faults: Vec<FieldError>,
}

impl Fields {
    pub(crate) fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// A field that may be absent or null. `None` also when it cannot be read.
    pub(crate) fn optional<T: for<'de> Deserialize<'de>>(&mut self, field: &str) -> Option<T> {
        match self.left.remove(field) {
            None | Some(Value::Null) => None,
            Some(value) => self.read(field, &value),
        }
    }

    /// A field that must be there. `None` when it is not, or cannot be read.
    pub(crate) fn required<T: for<'de> Deserialize<'de>>(&mut self, field: &str) -> Option<T> {
        match self.left.remove(field) {
            None | Some(Value::Null) => {
                self.fault(field, "is needed");
                None
            }
            Some(value) => self.read(field, &value),
        }
    }

    /// A text of `1..=max` characters.
    pub(crate) fn text(&mut self, field: &str, max: usize) -> Option<String> {
        let text: String = self.required(field)?;
        if text.trim().is_empty() || text.chars().count() > max {
            self.fault(field, format!("must have 1 to {max} characters"));
            return None;
        }
        Some(text)
    }

    fn read<T: for<'de> Deserialize<'de>>(&mut self, field: &str, value: &Value) -> Option<T> {
        T::deserialize(value).map_err(|error| self.fault(field, error.to_string())).ok()
    }

    /// `value` when nothing was wrong and nothing unknown is left.
    fn finish<T>(mut self, value: Option<T>) -> Result<T, Problem> {
        for (field, _) in std::mem::take(&mut self.left) {
            self.fault(&field, "is not known here");
        }
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(Problem::invalid(self.faults)),
        }
    }
}

/// Reads itself from the fields of a JSON object.
pub(crate) trait FromFields: Sized {
    /// `None` after at least one fault.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// A JSON body. 415 for another media type, 400 for broken JSON, 422 with every faulty field for the rest.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: FromFields, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.into_response().status()))?;
        let Json(value) = Json::<Value>::from_bytes(&bytes).map_err(|rejection| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed_json", &rejection.body_text())
        })?;
        let Value::Object(left) = value else {
            return Err(Problem::invalid(vec![FieldError {
                field: String::new(),
                message: "the body must be a JSON object".to_owned(),
            }]));
        };
        let mut fields = Fields { left, faults: Vec::new() };
        let value = T::from_fields(&mut fields);
        fields.finish(value).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The query string. 422 naming the first faulty field.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(value) = Query::<T>::from_request_parts(parts, state).await.map_err(|rejection| {
            let text = rejection.body_text();
            // "Failed to deserialize query string: <field>: <message>", or without a field.
            let fault = text.split_once(": ").map_or(text.as_str(), |(_, fault)| fault);
            let (field, message) = fault.split_once(": ").unwrap_or(("", fault));
            Problem::invalid(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
        })?;
        Ok(Self(value))
    }
}
