//! The accept loop, its connections, and how one is reset.

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
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;

use crate::shared::{Shared, lock};

/// Tells a connection's task to reset the connection; each request carries that of its connection.
#[derive(Clone, Default)]
pub(crate) struct ResetSwitch(Arc<Notify>);

impl ResetSwitch {
    pub(crate) fn pull(&self) {
        self.0.notify_one();
    }

    async fn pulled(&self) {
        self.0.notified().await;
    }
}

/// Within reach of `Server`, so that dropping that closes the port at once and not when the task is next run.
type Listener = Arc<Mutex<Option<TcpListener>>>;

/// A running server; it ends when this is dropped.
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

    /// Closes the port, lets the answers under way finish, and waits for that.
    pub(crate) async fn stop(mut self) {
        lock(&self.listener).take();
        self.stopping.send_replace(true);
        // It fails only when the runtime is going down, and then all is over too.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        lock(&self.listener).take();
        // The task owns those of the connections, so they end with it.
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
    // A receiver of its own: the connections' copies must still find the change unread.
    let mut stopping = host.stopping.clone();
    loop {
        tokio::select! {
            accepted = accept(&listener) => match accepted {
                Ok(stream) => {
                    shared.log.connected();
                    connections.spawn(welcome(stream, host.clone()));
                }
                // Too many open files, most likely: without a pause this loop would spin until some are closed.
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
    // Without this the bytes of a slow answer are sent in batches.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(tls) = host.tls else {
        return converse(stream, host.router, host.stopping).await;
    };
    let mut stopping = host.stopping.clone();
    tokio::select! {
        accepted = tls.accept(stream) => {
            // A client that does not trust the certificate hangs up here; that is its business.
            if let Ok(stream) = accepted {
                converse(stream, host.router, host.stopping).await;
            }
        }
        // A client that never says hello must not hold up the stop.
        _ = stopping.changed() => {}
    }
}

/// A stream with a TCP connection at its bottom.
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
    let of_requests = switch.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(of_requests.clone());
        router.clone().call(request)
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    loop {
        tokio::select! {
            biased;
            () = switch.pulled() => {
                let stream = connection.into_parts().io.into_inner();
                // Closing with zero linger sends RST in place of FIN; if it cannot be set, the client is gone.
                let _ = stream.tcp().set_zero_linger();
                return;
            }
            Ok(()) = stopping.changed() => std::pin::Pin::new(&mut connection).graceful_shutdown(),
            // An error is the client's hanging up, or bytes that are not HTTP; both end the connection only.
            _ = &mut connection => return,
        }
    }
}
