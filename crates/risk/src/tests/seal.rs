//! What an approval must not be able to do. The line for a trait stops compiling when `Approved` gains it: two
//! implementations then fit and neither can be chosen.

use domain::Order;

use crate::Approved;

macro_rules! approved_is_not {
    ($test:ident, $($bound:tt)+) => {
        #[test]
        fn $test() {
            trait Probe<Marker> {
                fn passes() {}
            }
            struct Gained;
            impl<T: ?Sized> Probe<()> for T {}
            impl<T: $($bound)+> Probe<Gained> for T {}
            <Approved<Order> as Probe<_>>::passes();
        }
    };
}

approved_is_not!(an_approval_cannot_be_copied, Clone);
approved_is_not!(an_approval_has_no_default, Default);
approved_is_not!(an_approval_cannot_be_converted_into, From<Order>);
approved_is_not!(an_approval_cannot_be_read_back, serde::de::DeserializeOwned);
