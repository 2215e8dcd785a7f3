use std::time::Duration;

use domain::{Instrument, InstrumentId, Rate};

use super::super::{Producer, Shipment, described};
use super::{directory, everywhere, trade};
use crate::{Message, wire};

const WITHIN: Duration = Duration::from_secs(30);

#[test]
fn instruments_are_read_as_they_were_described_last() {
    everywhere(|config| {
        assert_eq!(described(&config, WITHIN), Ok(Vec::new()), "nobody has described any");
        let (mut producer, mut shipment) = (Producer::new(&config).unwrap(), Shipment::new(&config));
        let listed = wire::tests::instruments(3);
        for instrument in listed.iter() {
            shipment.push(&Message::Listed(Box::new(instrument.clone())), &directory()).unwrap();
        }
        let dearer =
            Instrument { taker_fee: Rate::from_basis_points(20), ..listed.iter().next().unwrap().clone() };
        shipment.push(&Message::Listed(Box::new(dearer)), &directory()).unwrap();
        // Another kind of message in the same place does not stop the reader.
        shipment.push(&trade(1), &directory()).unwrap();
        producer.deliver(&mut shipment).unwrap();
        let mut read = described(&config, WITHIN).unwrap();
        read.sort_by_key(|instrument| instrument.venue);
        let fees: Vec<Rate> = read.iter().map(|instrument| instrument.taker_fee).collect();
        assert_eq!(fees, [20, 10, 10].map(Rate::from_basis_points));
        assert!(read.iter().all(|instrument| instrument.id == InstrumentId(u32::MAX)));
        assert!(read.iter().map(|one| &one.symbol).eq(["BTCUSDT", "BTC-USD", "XBT/USD"]));
    });
}
