//! Sends one request and reads its answer, whatever that means.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue};

use crate::error::Error;
use crate::failure::{TimeLimits, classify};
use crate::operation::Operation;
use crate::request_body::RequestBody;
use crate::service::Service;
use crate::token::SessionToken;

/// The largest answer that is read, in bytes after decompression.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The connections to one service. All accounts share them.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) service: Service,
    pub(crate) limits: TimeLimits,
    /// Whether requests go through a proxy.
    pub(crate) has_proxy: bool,
}

/// An answer as it came, complete and within the size limit.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Transport {
    /// Sends one request, reads its answer and logs both. The request body is wiped from memory once it is sent.
    pub(crate) async fn exchange(
        &self,
        operation: Operation,
        token: Option<&SessionToken>,
        body: Option<RequestBody>,
    ) -> Result<Received, Error> {
        let method = operation.method();
        let path = self.service.path(operation);
        let started = Instant::now();
        let answer = self.send(operation, &path, token, body).await;
        let (http_status, error) = match &answer {
            Ok(received) => (Some(received.status.as_u16()), None),
            Err(error) => (error.http_status(), Some(error.to_string())),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(%method, path, http_status, error, duration_ms, "request");
        answer
    }

    async fn send(
        &self,
        operation: Operation,
        path: &str,
        token: Option<&SessionToken>,
        body: Option<RequestBody>,
    ) -> Result<Received, Error> {
        // Lets the HTTP library see what has arrived on idle connections: one with an answer that nobody asked for is
        // closed, where it would otherwise take that for the answer to this request.
        tokio::task::yield_now().await;
        let started = Instant::now();
        let mut request = self.http.request(operation.method(), format!("{}{path}", self.service.address()));
        if let Some(token) = token {
            request = request.header(COOKIE, token.cookie());
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(Bytes::from_owner(body));
        }
        let response = request.send().await;
        let mut response = response.map_err(|error| self.failure(error, None, started.elapsed()))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let chunk = chunk.map_err(|error| self.failure(error, Some(status), started.elapsed()))?;
            let Some(chunk) = chunk else { return Ok(Received { status, headers, body }) };
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                let problem = format!("it is larger than {MAX_ANSWER_BYTES} bytes");
                return Err(Error::protocol(problem, status.as_u16()));
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn failure(&self, error: reqwest::Error, status: Option<StatusCode>, elapsed: Duration) -> Error {
        classify(error, status, elapsed, &self.limits, self.has_proxy)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transport").field("service", &self.service).finish_non_exhaustive()
    }
}
