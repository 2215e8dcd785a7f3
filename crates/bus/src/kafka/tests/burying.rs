use super::super::{Consumer, DeadLetters, header};
use super::{everywhere, group, join, read, records, send};
use crate::Topic;

#[test]
fn a_dead_letter_has_its_error_attempts_and_origin() {
    everywhere(|config| {
        send(&config, 0..3);
        let mut consumer = join(&config, &group());
        let poison = read(&mut consumer, 3).remove(1);
        let mut letters = DeadLetters::new(&config).unwrap();
        letters.bury(&poison, "the price is \u{2212}1", 3).unwrap();
        let topic = format!("{}.dlq", config.topic(Topic::Trades));
        let mut reader = Consumer::join(&config, &group(), &[topic]).unwrap();
        let letter = records(&mut reader).remove(0);
        let value = |name: &str| {
            let found = letter.headers.iter().find(|(known, _)| known == name);
            String::from_utf8(found.unwrap().1.clone()).unwrap()
        };
        assert_eq!((&letter.key, &letter.payload, letter.time), (&poison.key, &poison.payload, poison.time));
        assert_eq!(value(header::ERROR), "the price is \u{2212}1");
        assert_eq!(value(header::ATTEMPTS), "3");
        assert_eq!(value(header::TOPIC), config.topic(Topic::Trades));
        assert_eq!(value(header::PARTITION), poison.position.partition.to_string());
        assert_eq!(value(header::OFFSET), poison.position.offset.to_string());
        assert_eq!(value(header::TIME), poison.time.unwrap().to_string());
        // Buried once more, it tells of its last death and not of two.
        letters.bury(&letter, "again", 1).unwrap();
        let topic = format!("{}.dlq.dlq", config.topic(Topic::Trades));
        let again = records(&mut Consumer::join(&config, &group(), &[topic]).unwrap()).remove(0);
        assert_eq!(again.headers.len(), letter.headers.len());
    });
}
