//! A program in a nutshell: two tenants with an account each, a clock that is told the time, and the router.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::{
    AccountId, Bar, BarRule, Currency, InstrumentId, Money, OrderId, OrderRequest, Price, Quantity, Rate,
    Side, TenantId, Timestamp,
};
use serde_json::Value;
use store::TenantAccess;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

use super::operator::FakeOperations;
use crate::model::operations::Rung;
use crate::model::{
    Account, AccountMode, Component, EquityPoint, Fill, Flow, Instrument, Limits, Order, OrderAccepted,
    OrderStatus, Overview, Page, Portfolio, Quote, Role, Spread, Status, User,
};
use crate::{
    AppState, Clock, Command, CommandError, Config, Cut, Frame, History, HistoryFault, Known, Parts,
    Platform, RungPin, Tokens, router,
};

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(super) const PASSWORD: &str = "correct horse";
pub(super) const SEED: [u8; 32] = [7; 32];

pub(super) const TENANT_A: TenantId = TenantId(Uuid::from_u128(0xa));
pub(super) const TENANT_B: TenantId = TenantId(Uuid::from_u128(0xb));
pub(super) const ACCOUNT_A: AccountId = AccountId(Uuid::from_u128(0xaa));
pub(super) const ACCOUNT_B: AccountId = AccountId(Uuid::from_u128(0xbb));

/// The account of a tenant.
fn account_of(tenant: TenantId) -> AccountId {
    if tenant == TENANT_A { ACCOUNT_A } else { ACCOUNT_B }
}

const ROLES: [Role; 3] = [Role::Viewer, Role::Trader, Role::Admin];

/// A user of every role in both tenants, all called alice: the id says which.
fn users() -> impl Iterator<Item = Known> {
    [TENANT_A, TENANT_B].into_iter().flat_map(|tenant_id| {
        ROLES.into_iter().zip(1..).map(move |(role, number)| {
            let id = Uuid::from_u128(tenant_id.0.as_u128() * 256 + number);
            let user = User { id, username: "alice".to_owned(), role, tenant_id };
            Known { user, access: TenantAccess::for_node(tenant_id) }
        })
    })
}

fn user(role: Role, tenant: TenantId) -> Known {
    users().find(|known| known.user.role == role && known.user.tenant_id == tenant).unwrap()
}

#[derive(Default)]
pub(super) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(super) fn set(&self, time: Timestamp) {
        self.0.store(time.nanos(), Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

pub(super) struct FakePlatform {
    pub(super) frames: broadcast::Sender<Arc<Frame>>,
    pub(super) panics: AtomicBool,
    /// What the next command is answered with instead of success.
    pub(super) refusal: Mutex<Option<CommandError>>,
    pub(super) submitted: Mutex<Vec<OrderRequest>>,
    pub(super) notes: Mutex<Vec<String>>,
}

impl FakePlatform {
    fn new(frames_kept: usize) -> Self {
        Self {
            frames: broadcast::channel(frames_kept).0,
            panics: AtomicBool::new(false),
            refusal: Mutex::default(),
            submitted: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    fn answer<T: Send + 'static>(&self, tenant: TenantId, account: AccountId, value: T) -> Command<T> {
        let refusal = self.refusal.lock().unwrap().clone();
        let own = account_of(tenant) == account;
        Box::pin(async move {
            if !own {
                return Err(CommandError::NotFound);
            }
            refusal.map_or(Ok(value), Err)
        })
    }
}

pub(super) fn an_account(id: AccountId) -> Account {
    Account {
        id,
        name: "first".to_owned(),
        mode: AccountMode::Paper,
        strategy: "spread".to_owned(),
        base_currency: Currency::USDT,
        halted: false,
        halt_admits_reducing: false,
        halt_reason: None,
        halted_at_ms: None,
        equity: Some(Money::from_units(100_000)),
        day_profit: None,
        limits: Limits {
            max_order_size: Quantity::from_units(10_000),
            max_position_size: Quantity::from_units(100_000),
            max_notional: Money::from_units(1_000_000),
            max_gross_notional: Money::from_units(10_000_000),
            max_open_orders: 200,
            orders_per_second: 50,
            price_collar_basis_points: Rate::from_basis_points(500),
            max_daily_loss: Money::from_units(50_000),
            max_drawdown_basis_points: Rate::from_basis_points(2_000),
        },
        rung: Rung::Normal,
        rung_cause: String::new(),
        rung_since_ms: NOW.millis(),
        rung_override: None,
    }
}

pub(super) fn a_portfolio(account_id: AccountId) -> Portfolio {
    Portfolio {
        account_id,
        time_ms: NOW.millis(),
        base_currency: Currency::USDT,
        equity: Some(Money::from_units(100_000)),
        realised: Some(Money::ZERO),
        unrealised: None,
        fees: Some(Money::ZERO),
        cash: Vec::new(),
        positions: Vec::new(),
    }
}

pub(super) fn an_order(id: u64, status: domain::OrderStatus) -> Order {
    let price = Price::from_units(60_000);
    let request = OrderRequest::limit(InstrumentId(0), Side::Buy, Quantity::from_units(2), price);
    let mut order = domain::Order::new(OrderId(id), request, NOW);
    order.status = status;
    Order::of(&order, ACCOUNT_A, None)
}

pub(super) fn a_quote() -> Quote {
    Quote {
        instrument_id: InstrumentId(0),
        bid: Price::from_raw(61_837_630_000_000),
        bid_quantity: Quantity::from_units(1),
        ask: Price::from_units(61_838),
        ask_quantity: Quantity::from_units(2),
        time_ms: NOW.millis(),
        valid: true,
    }
}

impl Platform for FakePlatform {
    fn overview(&self) -> Overview {
        assert!(!self.panics.load(Ordering::SeqCst), "asked to panic with a secret");
        Overview {
            version: "0.1.0".to_owned(),
            environment: "test".to_owned(),
            mode: "paper".to_owned(),
            started_ms: 1,
            now_ms: 2,
            status: Status::Healthy,
            components: vec![Component {
                name: "store".to_owned(),
                status: Status::Healthy,
                detail: String::new(),
                last_change_ms: 1,
            }],
            flow: Flow::default(),
        }
    }

    fn instruments(&self) -> Arc<Vec<Instrument>> {
        Arc::default()
    }

    fn quotes(&self) -> Vec<Quote> {
        vec![a_quote()]
    }

    fn accounts(&self, tenant: TenantId) -> Vec<Account> {
        vec![an_account(account_of(tenant))]
    }

    fn account(&self, tenant: TenantId, account: AccountId) -> Option<Account> {
        (account_of(tenant) == account).then(|| an_account(account))
    }

    fn portfolio(&self, tenant: TenantId, account: AccountId) -> Option<Portfolio> {
        (account_of(tenant) == account).then(|| a_portfolio(account))
    }

    fn open_orders(&self, tenant: TenantId, account: AccountId) -> Option<Vec<Order>> {
        let orders = || [3, 5, 4].map(|id| an_order(id, domain::OrderStatus::Working)).to_vec();
        (account_of(tenant) == account).then(orders)
    }

    fn submit(&self, tenant: TenantId, account: AccountId, request: OrderRequest) -> Command<OrderAccepted> {
        self.submitted.lock().unwrap().push(request);
        self.answer(tenant, account, OrderAccepted { order_id: OrderId(9), status: OrderStatus::Pending })
    }

    fn cancel(&self, tenant: TenantId, account: AccountId, _order: OrderId) -> Command<()> {
        self.answer(tenant, account, ())
    }

    fn halt(&self, tenant: TenantId, account: AccountId, note: String) -> Command<Account> {
        self.notes.lock().unwrap().push(note);
        self.answer(tenant, account, an_account(account))
    }

    fn resume(&self, tenant: TenantId, account: AccountId, note: String) -> Command<Account> {
        self.notes.lock().unwrap().push(note);
        self.answer(tenant, account, an_account(account))
    }

    fn pin_rung(&self, tenant: TenantId, account: AccountId, pin: RungPin) -> Command<Account> {
        self.notes.lock().unwrap().push(format!("{} {} {}", pin.rung, pin.accepts_risk, pin.note));
        self.answer(tenant, account, an_account(account))
    }

    fn unpin_rung(&self, tenant: TenantId, account: AccountId, by: String) -> Command<Account> {
        self.notes.lock().unwrap().push(by);
        self.answer(tenant, account, an_account(account))
    }

    fn subscribe(&self) -> broadcast::Receiver<Arc<Frame>> {
        self.frames.subscribe()
    }
}

#[derive(Default)]
pub(super) struct FakeHistory {
    /// No user is known any more.
    pub(super) emptied: AtomicBool,
    /// Users cannot be looked up.
    pub(super) broken: AtomicBool,
    pub(super) looked_up: AtomicI64,
}

impl History for FakeHistory {
    fn bars(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        cut: &Cut,
    ) -> Result<Page<crate::model::Bar>, HistoryFault> {
        if cut.cursor.as_deref() == Some("nonsense") {
            return Err(HistoryFault::Cursor);
        }
        let bar = Bar {
            instrument,
            trades: 3,
            rule,
            open_time: NOW,
            close_time: NOW.plus(rule.period().unwrap_or(domain::Span::HOUR)),
            open: Price::from_units(1),
            high: Price::from_units(3),
            low: Price::from_units(1),
            close: Price::from_units(2),
            volume: Quantity::from_raw(1_500_000_000),
            number: 0,
            revision: 0,
        };
        Ok(Page { items: vec![(&bar).into(); cut.limit.min(2)], next_cursor: Some("more".to_owned()) })
    }

    fn spreads(&self, _cut: &Cut) -> Result<Page<Spread>, HistoryFault> {
        Err(HistoryFault::Store("disk on fire at /secret/place".to_owned()))
    }

    fn pairs(&self, cut: &Cut) -> Result<Page<crate::model::PairSpread>, HistoryFault> {
        let spread = domain::PairSpread {
            id: 7,
            phase: domain::SpreadPhase::Opened,
            first: InstrumentId(0),
            second: InstrumentId(1),
            first_price: Price::from_units(100),
            second_price: Price::from_units(50),
            hedge_ratio: Rate::from_raw(2_000_000_000),
            z_score: Rate::from_raw(-3_500_000_000),
            correlation: Rate::from_raw(990_000_000),
            samples: 300,
            time: NOW,
        };
        Ok(Page { items: vec![(&spread).into(); cut.limit.min(1)], next_cursor: None })
    }

    fn regimes(&self, cut: &Cut) -> Result<Page<crate::model::RegimeChange>, HistoryFault> {
        let change = domain::RegimeChange {
            instrument: InstrumentId(0),
            from: domain::SpreadRegime::Usual,
            to: domain::SpreadRegime::Wide,
            share: Rate::from_basis_points(7),
            usual: Rate::from_basis_points(2),
            z_score: Rate::from_raw(3_500_000_000),
            time: NOW,
        };
        Ok(Page { items: vec![(&change).into(); cut.limit.min(1)], next_cursor: None })
    }

    fn closed_orders(
        &self,
        access: &TenantAccess,
        account: AccountId,
        _cut: &Cut,
    ) -> Result<Page<Order>, HistoryFault> {
        check(access, account)?;
        let items =
            vec![an_order(2, domain::OrderStatus::Filled), an_order(1, domain::OrderStatus::Cancelled)];
        Ok(Page { items, next_cursor: Some("1".to_owned()) })
    }

    fn fills(
        &self,
        access: &TenantAccess,
        account: AccountId,
        _cut: &Cut,
    ) -> Result<Page<Fill>, HistoryFault> {
        check(access, account)?;
        Ok(Page { items: Vec::new(), next_cursor: None })
    }

    fn equity(
        &self,
        access: &TenantAccess,
        account: AccountId,
        _limit: usize,
    ) -> Result<Vec<EquityPoint>, HistoryFault> {
        check(access, account)?;
        Ok(vec![EquityPoint { time_ms: 1, equity: Money::from_units(100_000) }])
    }

    fn login(&self, username: &str, password: String) -> Result<Option<Known>, HistoryFault> {
        match username {
            "nobody-home" => Err(HistoryFault::Store("gone".to_owned())),
            "alice" if password == PASSWORD => Ok(Some(user(Role::Trader, TENANT_A))),
            _ => Ok(None),
        }
    }

    fn user(&self, id: Uuid) -> Result<Option<Known>, HistoryFault> {
        self.looked_up.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(HistoryFault::Busy("locked".to_owned()));
        }
        let emptied = self.emptied.load(Ordering::SeqCst);
        Ok(users().find(|known| known.user.id == id).filter(|_| !emptied))
    }
}

/// As the store does it, and no route may come to it.
fn check(access: &TenantAccess, account: AccountId) -> Result<(), HistoryFault> {
    assert_eq!(account_of(access.tenant()), account, "history was asked for another tenant's account");
    Ok(())
}

pub(super) struct World {
    pub(super) router: Router,
    pub(super) platform: Arc<FakePlatform>,
    pub(super) history: Arc<FakeHistory>,
    pub(super) operations: Arc<FakeOperations>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) shutdown: CancellationToken,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(Config::specified(), 64)
    }

    pub(super) fn with(config: Config, frames_kept: usize) -> Self {
        let platform = Arc::new(FakePlatform::new(frames_kept));
        let history = Arc::new(FakeHistory::default());
        let operations = Arc::new(FakeOperations::default());
        let clock = Arc::new(FakeClock::default());
        clock.set(NOW);
        let shutdown = CancellationToken::new();
        let state = AppState::new(Parts {
            platform: platform.clone(),
            history: history.clone(),
            tokens: Tokens::from_seed(&SEED).unwrap(),
            clock: clock.clone(),
            operations: operations.clone(),
            version: "0.1.0".to_owned(),
            config,
            shutdown: shutdown.clone(),
        });
        Self { router: router(state), platform, history, operations, clock, shutdown }
    }

    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, 1 << 20).await.unwrap() }
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(request(Method::GET, path, Some(token), None)).await
    }

    pub(super) async fn send(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Answer {
        self.ask(request(method, path, Some(token), body)).await
    }

    pub(super) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(request(Method::POST, path, Some(token), Some(body))).await
    }
}

pub(super) fn token(role: Role, tenant: TenantId) -> String {
    Tokens::from_seed(&SEED).unwrap().issue(user(role, tenant).user.id, NOW).unwrap()
}

pub(super) fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Request<Body> {
    let peer: SocketAddr = "203.0.113.7:5000".parse().unwrap();
    let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem's code, once the whole envelope is as promised.
    pub(super) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["correlation_id"], self.header("x-request-id"));
        assert!(!self.header("x-request-id").is_empty());
        assert!(problem["retryable"].is_boolean(), "{problem}");
        for field in ["type", "title", "detail", "category", "severity"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}
