use super::*;

use std::sync::atomic::AtomicUsize;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// How a server treats its connections.
#[derive(Clone, Copy)]
struct Manners {
    /// Of the first connection: the commands that it answers before it falls silent.
    answers: usize,
    says: &'static [u8],
}

/// A server, and how many connections it has taken.
async fn server(manners: Manners) -> (Redis, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            let mut left = if is_first { manners.answers } else { usize::MAX };
            tokio::spawn(async move {
                let mut bytes = [0; 4_096];
                while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                    // Only the beginning of a command has an asterisk.
                    let commands = bytes[..count].iter().filter(|byte| **byte == b'*').count().min(left);
                    left -= commands;
                    stream.write_all(&manners.says.repeat(commands)).await.unwrap();
                }
            });
        }
    });
    let patience = Duration::from_secs(30);
    let config = RedisConfig { connect_timeout: patience, command_timeout: patience, keepalive: patience };
    (Redis::new(&url, &config).unwrap(), taken)
}

const PONG: &[u8] = b"+PONG\r\n";

/// Commands with which a connection begins.
const HANDSHAKE: usize = 2;

#[tokio::test]
async fn one_connection_serves_all_who_ask() {
    let (redis, taken) = server(Manners { answers: usize::MAX, says: PONG }).await;
    let (one, other) = (redis.clone(), redis.clone());
    let (first, second) = tokio::join!(one.ping(), other.ping());
    assert_eq!((first, second), (Ok(()), Ok(())));
    redis.ping().await.unwrap();
    assert_eq!(taken.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_fell_silent_is_left_when_its_caller_leaves() {
    for answers in [HANDSHAKE + 1, 0] {
        let (redis, taken) = server(Manners { answers, says: PONG }).await;
        if answers > 0 {
            redis.ping().await.unwrap();
        }
        let within = Duration::from_millis(50);
        assert!(timeout(within, redis.ping()).await.is_err(), "after {answers} answers nothing more comes");
        redis.ping().await.unwrap();
        redis.ping().await.unwrap();
        assert_eq!(taken.load(Ordering::SeqCst), 2, "the new one is kept");
    }
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let (redis, taken) = server(Manners { answers: usize::MAX, says: b"-BUSY come back later\r\n" }).await;
    for _ in 0..3 {
        let error = redis.ping().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Rejected, "{error}");
    }
    assert_eq!(taken.load(Ordering::SeqCst), 1, "whoever says no is there");
}
