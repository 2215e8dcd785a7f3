use domain::{Contract, Currency, Instrument, InstrumentId, Instruments, Quantity, Timestamp};
use engine::Desk;

use super::SpreadCaptureSettings;

/// The instruments of one asset, whose positions ought to cancel out.
#[derive(Debug)]
pub(super) struct Group {
    asset: Currency,
    members: Vec<Member>,
    /// Something was sent, so the balance must be looked at. True at first: a restart may have left an imbalance.
    is_watched: bool,
    /// Since when the positions have not cancelled out.
    open_since: Option<Timestamp>,
    rests_until: Timestamp,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: InstrumentId,
    step: Quantity,
}

pub(super) fn by_asset(settings: &SpreadCaptureSettings, instruments: &Instruments) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let counted_in_units = |instrument: &&Instrument| instrument.contract == Contract::UNIT;
    for instrument in instruments.iter().filter(counted_in_units) {
        if !settings.assets.is_empty() && !settings.assets.contains(&instrument.base) {
            continue;
        }
        let member = Member { id: instrument.id, step: instrument.quantity_step };
        match groups.iter_mut().find(|group| group.asset == instrument.base) {
            Some(group) => group.members.push(member),
            None => groups.push(Group::new(instrument.base, member)),
        }
    }
    groups
}

impl Group {
    fn new(asset: Currency, first: Member) -> Self {
        Self { asset, members: vec![first], is_watched: true, open_since: None, rests_until: Timestamp::MIN }
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(super) const fn watch(&mut self) {
        self.is_watched = true;
    }

    pub(super) const fn is_watched(&self) -> bool {
        self.is_watched
    }

    pub(super) const fn rest_until(&mut self, time: Timestamp) {
        self.rests_until = time;
        self.open_since = None;
    }

    pub(super) fn is_resting(&self, now: Timestamp) -> bool {
        now < self.rests_until
    }

    /// What must be closed on which instrument, when the imbalance has stood long enough with nothing working.
    pub(super) fn overdue(
        &mut self,
        desk: &Desk<'_>,
        now: Timestamp,
        settings: &SpreadCaptureSettings,
    ) -> Option<(InstrumentId, Quantity)> {
        let is_working = |member: &Member| desk.projected_position(member.id) != desk.position(member.id);
        if self.members.iter().any(is_working) {
            self.open_since = None;
            return None;
        }
        let Some((id, open)) = self.imbalance(desk) else {
            self.is_watched = false;
            self.open_since = None;
            return None;
        };
        let since = *self.open_since.get_or_insert(now);
        (now.since(since) >= settings.leg_timeout && !desk.is_stopped()).then_some((id, open))
    }

    /// The sum of all positions, where it is at least a step, and the instrument that holds most of it.
    fn imbalance(&self, desk: &Desk<'_>) -> Option<(InstrumentId, Quantity)> {
        let held = |member: &Member| desk.position(member.id).raw();
        let sum = self.members.iter().fold(0i128, |sum, member| sum.saturating_add(held(member)));
        let heaviest = self.members.iter().max_by_key(|member| held(member).saturating_mul(sum.signum()))?;
        let open = Quantity::from_raw(sum).truncate_to(heaviest.step);
        (!open.is_zero()).then_some((heaviest.id, open))
    }
}
