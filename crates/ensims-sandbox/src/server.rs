//! The HTTP server: the accept loop and its connections.

use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;

use crate::lock::lock;
use crate::reset::ResetSwitch;
use crate::shared::Shared;

/// Shared with `Server`, so that dropping the server closes the port at once and not when the task runs next.
type Listener = Arc<Mutex<Option<TcpListener>>>;

/// A running server, which stops when it is dropped.
pub(crate) struct Server {
    listener: Listener,
    stopping: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        router: Router,
        shared: Arc<Shared>,
    ) -> Self {
        let listener = Arc::new(Mutex::new(Some(listener)));
        let stopping = watch::Sender::new(false);
        let host = Host { tls, router, stopping: stopping.subscribe() };
        let accepting = tokio::spawn(accept_all(Arc::clone(&listener), host, shared));
        Self { listener, stopping, accepting }
    }

    /// Closes the port and waits until all requests in flight are answered.
    pub(crate) async fn stop(mut self) {
        lock(&self.listener).take();
        self.stopping.send_replace(true);
        // This fails only if the runtime is shutting down, which stops the server too.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        lock(&self.listener).take();
        // The task owns the tasks of the connections, so they stop with it.
        self.accepting.abort();
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Host {
    tls: Option<TlsAcceptor>,
    router: Router,
    stopping: watch::Receiver<bool>,
}

async fn accept_all(listener: Listener, host: Host, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    // A separate receiver, because the connections' copies must still see the change.
    let mut stopping = host.stopping.clone();
    loop {
        tokio::select! {
            accepted = accept(&listener) => match accepted {
                Ok(stream) => {
                    shared.recorder.connected();
                    connections.spawn(welcome(stream, host.clone()));
                }
                // Probably too many open files. Without a pause this loop would spin until some are closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            _ = stopping.changed() => break,
            Some(_) = connections.join_next() => {}
        }
    }
    while connections.join_next().await.is_some() {}
}

async fn accept(listener: &Listener) -> io::Result<TcpStream> {
    poll_fn(|context| match &*lock(listener) {
        Some(listener) => listener.poll_accept(context).map_ok(|(stream, _)| stream),
        None => Poll::Pending,
    })
    .await
}

async fn welcome(stream: TcpStream, host: Host) {
    // Otherwise the bytes of a slow answer would be sent in batches.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(tls) = host.tls else {
        return converse(stream, host.router, host.stopping).await;
    };
    let mut stopping = host.stopping.clone();
    tokio::select! {
        accepted = tls.accept(stream) => {
            // A client that does not trust the certificate disconnects here, which is not an error of the server.
            if let Ok(stream) = accepted {
                converse(stream, host.router, host.stopping).await;
            }
        }
        // A client that never starts the handshake must not delay the stop.
        _ = stopping.changed() => {}
    }
}

/// A stream over a TCP connection.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn converse(stream: impl Wire, router: Router, mut stopping: watch::Receiver<bool>) {
    let switch = ResetSwitch::default();
    let request_switch = switch.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(request_switch.clone());
        router.clone().call(request)
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    loop {
        tokio::select! {
            biased;
            () = switch.pulled() => {
                let stream = connection.into_parts().io.into_inner();
                // With zero linger, closing sends RST instead of FIN. If it cannot be set, the client is gone.
                let _ = stream.tcp().set_zero_linger();
                return;
            }
            Ok(()) = stopping.changed() => std::pin::Pin::new(&mut connection).graceful_shutdown(),
            // On an error the client has disconnected or sent bytes that are not HTTP: only this connection ends.
            _ = &mut connection => return,
        }
    }
}
