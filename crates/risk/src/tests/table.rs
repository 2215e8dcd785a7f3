//! The checks line by line: `words that change a sound order => verdict`.

use super::world::World;

#[track_caller]
fn check_table(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (words, expected) = line.split_once("=>").unwrap();
        assert_eq!(World::sound().with(words).code(), expected.trim(), "{line}");
    }
}

/// Everything is wrong at first. Each line names the reason that must win, then mends just that.
#[test]
fn reasons_take_precedence_in_the_documented_order() {
    let mut world = World::sound().with(
        "halt=by_operator rung=no_new_risk instrument=1 stop_limit=150.001/150.001 tif=ioc quantity=-1 reduce_only \
         position=100000 no_reference age_ms=5001 gross=10000000 open=200 sent=50 day_profit=-50000 \
         equity=80000",
    );
    let steps = "
        halted                    | resumed
        rung                      | rung=normal
        unknown_instrument        | instrument=0
        kind_not_supported        | gtc
        quantity_not_positive     | quantity=20000.0005
        off_step                  | quantity=20000
        off_tick                  | stop_limit=150/150
        order_too_large           | quantity=10000
        not_reducing              | any_effect
        position_too_large        | position=0
        no_reference_price        | reference=100
        stale_reference_price     | age_ms=5000
        price_outside_collar      | stop_limit=105/105
        notional_too_large        | quantity=9000
        gross_notional_too_large  | gross=0
        too_many_open_orders      | open=199
        too_many_orders           | sent=49
        daily_loss                | day_profit=-49999.99
        drawdown                  | equity=80000.01
        approved                  |";
    for line in steps.lines().skip(1) {
        let (expected, mend) = line.split_once('|').unwrap();
        assert_eq!(world.code(), expected.trim(), "before `{}`", mend.trim());
        world = world.with(mend);
    }
}

#[test]
fn a_halt_stops_everything() {
    check_table(
        "halt=by_operator                               => halted
         halt=daily_loss                                => halted
         halt=venue_fault market                        => halted
         halt=by_operator sell position=10              => halted
         halt=journal_fault sell position=10            => halted
         halt=venue_fault sell position=10              => halted
         halt=booking_fault sell position=10            => halted
         halt=strategy_fault sell position=10           => halted
         halt=cell_fault sell position=10 reduce_only   => halted
         halt=flatten_fault sell position=10            => halted
         => approved",
    );
}

#[test]
fn after_a_loss_a_position_can_still_be_closed() {
    check_table(
        "halt=daily_loss sell position=10                                      => approved
         halt=daily_loss sell position=10 reduce_only market                   => approved
         halt=daily_loss sell position=9.999                                   => halted
         halt=daily_loss sell position=20 working_sell=10                      => approved
         halt=daily_loss sell position=20 working_sell=10.001                  => halted
         halt=daily_loss position=10                                           => halted
         halt=drawdown position=-10                                            => approved
         halt=drawdown position=-10 working_buy=0.001                          => halted
         day_profit=-50000 sell position=10                                    => approved
         day_profit=-50000 sell position=10 reduce_only market                 => approved
         day_profit=-50000 sell position=20 working_sell=10                    => approved
         day_profit=-50000 sell position=20 working_sell=10.001                => daily_loss
         day_profit=-50000 sell position=9.999                                 => daily_loss
         day_profit=-50000 position=10                                         => daily_loss
         day_profit=-50000 position=-10                                        => approved
         equity=80000 sell position=10                                         => approved
         equity=80000 position=10                                              => drawdown
         equity=80000 day_profit=-50000 halt=drawdown sell position=10         => approved
         day_profit=-50000 sell position=10 limit=100.015                      => off_tick
         day_profit=-50000 sell position=10 sent=50                            => too_many_orders
         day_profit=-50000 sell position=10 no_reference                       => no_reference_price
         halt=daily_loss sell position=10 rung=reduce_only                     => approved
         halt=daily_loss sell position=10 rung=cancel_all                      => rung",
    );
}

#[test]
fn rungs_let_through_less_and_less() {
    check_table(
        "rung=normal                                                              => approved
         rung=no_new_risk                                                         => rung
         rung=no_new_risk position=-10                                            => approved
         rung=no_new_risk position=-9.999                                         => rung
         rung=no_new_risk position=-10 working_buy=0.001                          => rung
         rung=no_new_risk position=-10 working_sell=500                           => approved
         rung=no_new_risk position=10                                             => rung
         rung=no_new_risk sell position=10                                        => approved
         rung=no_new_risk sell position=20 working_sell=10                        => approved
         rung=no_new_risk sell position=20 working_sell=10.001                    => rung
         rung=no_new_risk sell position=10 halt=by_operator                       => halted
         rung=reduce_only sell position=10                                        => approved
         rung=reduce_only sell position=9.999                                     => rung
         rung=cancel_all sell position=10                                         => rung
         rung=cancel_all sell position=10 reduce_only market                      => rung
         rung=flatten sell position=10 reduce_only market                         => rung",
    );
}

#[test]
fn the_account_itself_closes_at_the_last_rung_and_nowhere_else() {
    check_table(
        "flattens rung=flatten sell position=10 reduce_only market                         => approved
         flattens rung=flatten position=-10 reduce_only market                             => approved
         flattens rung=flatten sell position=11 reduce_only market                         => approved
         flattens rung=flatten sell position=9.999 reduce_only market                      => rung
         flattens rung=flatten sell position=10 working_sell=0.001 reduce_only market      => rung
         flattens rung=flatten position=10 reduce_only market                              => rung
         flattens rung=flatten sell position=10 market                                     => rung
         flattens rung=flatten sell position=10 reduce_only                                => rung
         flattens rung=cancel_all sell position=10 reduce_only market                      => rung
         flattens rung=reduce_only sell position=10 reduce_only market                     => rung
         flattens rung=normal sell position=10 reduce_only market                          => rung
         flattens rung=flatten sell position=10 reduce_only market halt=venue_fault        => halted
         flattens rung=flatten sell position=10 reduce_only market gross=99999999          => approved
         flattens rung=flatten sell position=10 reduce_only market no_reference            => no_reference_price
         flattens rung=flatten sell position=10 reduce_only market sent=50                 => too_many_orders
         flattens rung=flatten sell position=10 reduce_only market day_profit=-50000       => approved
         flattens rung=flatten sell position=10 reduce_only market equity=80000            => approved
         flattens rung=flatten sell position=10 reduce_only market halt=daily_loss         => approved
         flattens rung=flatten sell position=9.999 reduce_only market halt=daily_loss      => halted
         flattens rung=flatten sell position=10 reduce_only market halt=by_operator        => halted",
    );
}

#[test]
fn orders_must_be_well_formed() {
    check_table(
        "quantity=0                          => quantity_not_positive
         quantity=-10                         => quantity_not_positive
         quantity=0.001                       => approved
         quantity=0.0015                      => off_step
         limit=100.01                         => approved
         limit=100.015                        => off_tick
         stop=100.015                         => off_tick
         stop_limit=100.015/100               => off_tick
         stop_limit=100/100.015               => off_tick
         trailing=0                           => off_tick
         trailing=-1                          => off_tick
         trailing=0.50                        => approved
         instrument=7                         => unknown_instrument
         market tif=ioc                       => approved
         limit=100 tif=opg                    => approved
         stop=101 tif=day                     => approved
         stop=101 tif=ioc                     => kind_not_supported
         stop_limit=101/101 tif=fok           => kind_not_supported
         trailing=1 tif=cls                   => kind_not_supported",
    );
}

#[test]
fn sizes_count_everything_in_flight() {
    check_table(
        "quantity=10000 limit=100                                           => approved
         quantity=10000.001 limit=100                                       => order_too_large
         quantity=10 position=99990                                         => approved
         quantity=10.001 position=99990                                     => position_too_large
         quantity=10 position=50000 working_buy=49990                       => approved
         quantity=10 position=50000 working_buy=49990.001                   => position_too_large
         quantity=10 position=50000 working_buy=49990 working_sell=90000    => approved
         quantity=10 position=90000 working_buy=9991 working_sell=90000     => position_too_large
         sell quantity=10 position=-50000 working_sell=49990                => approved
         sell quantity=10 position=-50000 working_sell=49991                => position_too_large
         sell quantity=10 position=150000                                   => approved
         buy quantity=10 position=150000                                    => position_too_large",
    );
}

#[test]
fn reduce_only_orders_reduce() {
    check_table(
        "reduce_only                                           => not_reducing
         reduce_only position=10                               => not_reducing
         reduce_only position=-10                              => approved
         reduce_only position=-9.999                           => not_reducing
         sell reduce_only position=10                          => approved
         sell reduce_only position=10 working_sell=10          => approved
         sell reduce_only position=9.999                       => not_reducing
         sell reduce_only position=-10                         => not_reducing",
    );
}

#[test]
fn prices_stay_near_a_reference_that_is_known_fresh_and_valid() {
    check_table(
        "no_reference                     => no_reference_price
         market no_reference              => no_reference_price
         market invalid                   => no_reference_price
         market reference=0               => no_reference_price
         market age_ms=5000               => approved
         market age_ms=5001               => stale_reference_price
         age_ms=5001                      => stale_reference_price
         limit=105                        => approved
         limit=105.01                     => price_outside_collar
         limit=95                         => approved
         limit=94.99                      => price_outside_collar
         sell limit=94.99                 => price_outside_collar
         stop_limit=200/105               => approved
         stop_limit=100/105.01            => price_outside_collar
         stop=200                         => approved
         limit=-100                       => price_outside_collar
         limit=-104 reference=-100        => approved
         limit=-105.01 reference=-100     => price_outside_collar",
    );
}

#[test]
fn values_are_those_of_the_worst_price() {
    check_table(
        "max_order_notional=1000 market                              => approved
         max_order_notional=999.99 market                            => notional_too_large
         max_order_notional=1000 limit=100.01                        => notional_too_large
         max_order_notional=1000.1 limit=100.01                      => approved
         max_order_notional=999.99 limit=99                          => notional_too_large
         max_order_notional=1099 stop=110                            => notional_too_large
         max_order_notional=1100 stop=110                            => approved
         max_order_notional=1049 trailing=5                          => notional_too_large
         max_order_notional=1050 trailing=5                          => approved
         max_order_notional=1000 limit=-100.01 reference=-100        => notional_too_large
         max_order_notional=10 linear=0.01                           => approved
         max_order_notional=9.99 linear=0.01                         => notional_too_large
         max_order_notional=10 inverse=100                           => approved
         max_order_notional=10 inverse=100 limit=99                  => notional_too_large
         max_order_notional=10 inverse=100 limit=101                 => approved
         max_order_notional=9.9 inverse=100 limit=101                => notional_too_large
         gross=9999000                                               => approved
         gross=9999000.01                                            => gross_notional_too_large
         gross=99999999 position=10                                  => gross_notional_too_large
         gross=99999999 position=-10                                 => approved
         gross=99999999 position=-10 working_buy=0.001               => gross_notional_too_large
         gross=99999999 position=-10 day_profit=-50000               => approved",
    );
}

#[test]
fn counts_and_losses_stop_at_their_limits() {
    check_table(
        "open=199                                  => approved
         open=200                                  => too_many_open_orders
         max_open_orders=0                         => too_many_open_orders
         sent=49                                   => approved
         sent=50                                   => too_many_orders
         day_profit=-49999.99                      => approved
         day_profit=-50000                         => daily_loss
         day_profit=50000                          => approved
         equity=80000.01                           => approved
         equity=80000                              => drawdown
         equity=0 peak=0                           => approved
         equity=-1 peak=0                          => drawdown
         equity=120000                             => approved
         equity=900000000001 peak=1000000000000    => approved
         equity=800000000000 peak=1000000000000    => drawdown
         equity=800000000001 peak=1000000000000    => approved",
    );
}
