use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::operations::DeadLetterView;
use super::{Account, Bar, EquityPoint, Fill, Instrument, Order, PairSpread, Quote, RegimeChange, Spread};

// The aliases are what the routes name: the document then says `BarPage`, not a spelled-out generic.
pub type AccountList = List<Account>;
pub type EquityList = List<EquityPoint>;
pub type InstrumentList = List<Instrument>;
pub type QuoteList = List<Quote>;
pub type BarPage = Page<Bar>;
pub type FillPage = Page<Fill>;
pub type OrderPage = Page<Order>;
pub type PairSpreadPage = Page<PairSpread>;
pub type RegimeChangePage = Page<RegimeChange>;
pub type SpreadPage = Page<Spread>;
pub type DeadLetterPage = Page<DeadLetterView>;

/// Everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct List<T> {
    pub items: Vec<T>,
}

/// A piece of a longer list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Hand it back as `cursor` for the next piece; null at the end.
    pub next_cursor: Option<String>,
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().property("items", items::<T>()).required("items").into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <List<T> as ToSchema>::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let cursor = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Hand it back as `cursor` for the next piece; null at the end."));
        ObjectBuilder::new()
            .property("items", items::<T>())
            .required("items")
            .property("next_cursor", cursor)
            .required("next_cursor")
            .into()
    }
}

fn items<T: ToSchema>() -> ArrayBuilder {
    ArrayBuilder::new().items(Ref::from_schema_name(T::name()))
}
