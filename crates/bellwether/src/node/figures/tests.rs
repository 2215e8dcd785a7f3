use domain::{AccountId, Currency, Money, TenantId};
use engine::view::AccountView;
use engine::{Halt, Opening, State};
use risk::Limits;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

fn view(account: u128, loss: Option<HaltKind>, halt: Option<HaltKind>) -> Arc<AccountView> {
    let opening = Opening {
        tenant: TenantId(uuid::Uuid::from_u128(1)),
        account: AccountId(uuid::Uuid::from_u128(account)),
        base_currency: Currency::USD,
        cash: vec![(Currency::USD, Money::from_units(1))],
        limits: Limits::specified(),
        instruments: domain::Instruments::default(),
    };
    let halt = halt.map(|kind| Halt { kind, note: String::new(), since: at(0) });
    Arc::new(AccountView { loss, halt, ..AccountView::of(&State::open(&opening, at(0))) })
}

#[test]
fn an_account_counts_as_at_its_limit_from_when_it_is_there_and_for_a_while_after() {
    let mut losses = Losses::default();
    let mut count = |second, loss, halt| {
        losses.observe(&[view(1, loss, halt), view(2, None, Some(HaltKind::ByOperator))], at(second));
        (losses.count(HaltKind::DailyLoss), losses.count(HaltKind::Drawdown))
    };
    let lost = Some(HaltKind::DailyLoss);
    assert_eq!(count(0, None, None), (0, 0));
    assert_eq!(count(1, lost, None), (1, 0), "no order has met it yet");
    assert_eq!(count(2, None, None), (1, 0), "prices tremble");
    assert_eq!(count(600, None, None), (1, 0));
    assert_eq!(count(601, None, None), (0, 0));
    assert_eq!(count(700, None, Some(HaltKind::Drawdown)), (0, 1));
    assert_eq!(count(9_000, None, Some(HaltKind::Drawdown)), (0, 1), "until a person has looked");
    assert_eq!(count(9_001, lost, Some(HaltKind::Drawdown)), (1, 1));
}
