use super::*;

use tokio::net::TcpListener;

/// A broker that says `answer` to whoever asks properly; nothing: it hangs.
async fn broker(answer: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; QUESTION.len()];
            stream.read_exact(&mut asked).await.unwrap();
            assert_eq!(asked, QUESTION);
            match answer {
                Some(answer) => stream.write_all(answer).await.unwrap(),
                None => std::future::pending().await,
            }
        }
    });
    address
}

/// The correlation, no error, no keys.
const ANSWER: &[u8] = &[0, 0, 0, 10, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0];

async fn absent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn one_that_answers_is_enough_and_the_last_fault_is_told() {
    let within = Duration::from_millis(100);
    let (good, mute) = (broker(Some(ANSWER)).await, broker(None).await);
    let (short, foreign) = (broker(Some(&ANSWER[..7])).await, broker(Some(b"HTTP/1.1 400 Bad")).await);
    let absent = absent().await;
    let all = [&absent, &mute, &foreign, &short, &good].map(Clone::clone);
    reach(&all, within).await.unwrap();
    for (last, words) in [
        (&absent, "refused"),
        (&mute, "did not answer in time"),
        (&foreign, "is no Kafka broker"),
        (&short, "end of file"),
    ] {
        let error = reach(&[absent.clone(), last.clone()], within).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(last.as_str()) && text.contains(words), "{text}");
        assert_eq!(error.kind(), Kind::Transient);
    }
}
