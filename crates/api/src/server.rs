mod opening;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use opening::Opening;

/// Until a request's head must be there; past it the connection is closed. Without it a client could hold a
/// connection open for ever with half a line.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// Until requests in progress must be answered after `shutdown`.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Serves HTTP/1.1 on `listener` until `shutdown` is cancelled, then lets requests in progress end. Streams end
/// at once when the state was made with the same token.
///
/// # Errors
/// The listener failed.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) -> io::Result<()> {
    serve_patiently(listener, router, shutdown, HEAD_WITHIN).await
}

/// As [`serve`], with another patience for the heads of requests.
pub(crate) async fn serve_patiently(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    head_within: Duration,
) -> io::Result<()> {
    let handle = Handle::<SocketAddr>::new();
    let opening = Opening { within: head_within };
    let mut server = Server::<SocketAddr>::from_listener(listener).acceptor(opening).handle(handle.clone());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(head_within);
    let serving = server.serve(router.into_make_service_with_connect_info::<SocketAddr>());
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        () = shutdown.cancelled() => handle.graceful_shutdown(Some(DRAIN_WITHIN)),
    }
    serving.await
}
