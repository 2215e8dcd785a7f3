use domain::{OrderKind, Price};

/// An order's kind as columns: a word and the prices it goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KindColumns<'a> {
    pub(crate) word: &'a str,
    pub(crate) price: Option<i64>,
    pub(crate) trigger: Option<i64>,
    pub(crate) distance: Option<i64>,
}

impl KindColumns<'_> {
    pub(crate) const fn of(kind: OrderKind) -> Self {
        let (word, price, trigger, distance) = match kind {
            OrderKind::Market => ("market", None, None, None),
            OrderKind::Limit { price } => ("limit", Some(price.raw()), None, None),
            OrderKind::Stop { trigger } => ("stop", None, Some(trigger.raw()), None),
            OrderKind::StopLimit { trigger, price } => {
                ("stop_limit", Some(price.raw()), Some(trigger.raw()), None)
            }
            OrderKind::TrailingStop { distance } => ("trailing_stop", None, None, Some(distance.raw())),
        };
        Self { word, price, trigger, distance }
    }

    pub(crate) fn read(&self) -> Option<OrderKind> {
        let [price, trigger, distance] =
            [self.price, self.trigger, self.distance].map(|raw| raw.map(Price::from_raw));
        match self.word {
            "market" => Some(OrderKind::Market),
            "limit" => Some(OrderKind::Limit { price: price? }),
            "stop" => Some(OrderKind::Stop { trigger: trigger? }),
            "stop_limit" => Some(OrderKind::StopLimit { trigger: trigger?, price: price? }),
            "trailing_stop" => Some(OrderKind::TrailingStop { distance: distance? }),
            _ => None,
        }
    }
}
