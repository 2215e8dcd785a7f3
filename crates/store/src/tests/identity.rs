//! Who may come in.

use super::contract::Fresh;
use super::world::at;
use crate::{Admin, Identity, NewUser, Role, Secret, StoreErrorKind};

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn identity(fresh: &Fresh) -> Identity {
    fresh.store().identity().with_weak_hashes_for_tests()
}

fn user(identity: &Identity, username: &str, password: &str) -> NewUser {
    let tenant = match identity.tenants().unwrap().first() {
        Some(tenant) => tenant.id,
        None => identity.create_tenant("harbour", at(0)).unwrap().id,
    };
    NewUser { tenant, username: username.to_owned(), password: secret(password), role: Role::Trader }
}

pub(super) fn the_right_password_opens_the_tenant(fresh: &Fresh) {
    let identity = identity(fresh);
    let new = user(&identity, "Ada", "a long enough one");
    let made = identity.create_user(&new, at(5)).unwrap();
    assert_eq!((made.username.as_str(), made.role, made.created), ("ada", Role::Trader, at(5)));
    let login = identity.login("ADA", &new.password).unwrap();
    assert_eq!(login.user, made);
    assert_eq!(login.access.tenant(), new.tenant);
    assert_eq!(identity.access_of(made.id).unwrap(), login);
}

pub(super) fn a_wrong_password_and_an_unknown_name_are_refused_alike(fresh: &Fresh) {
    let identity = identity(fresh);
    identity.create_user(&user(&identity, "ada", "a long enough one"), at(0)).unwrap();
    let long = "a long enough one".repeat(9);
    let wrong = [
        identity.login("ada", &secret("a long enough two")),
        identity.login("ada", &secret("")),
        identity.login("ada", &secret(&long)),
        identity.login("eve", &secret("a long enough one")),
        identity.login("", &secret("a long enough one")),
    ];
    for login in wrong {
        let error = login.unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unauthorised);
        assert_eq!(error.what, "the username and the password do not belong together");
    }
    let error = identity.access_of(uuid::Uuid::from_u128(1)).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unauthorised);
}

pub(super) fn passwords_have_a_length(fresh: &Fresh) {
    let identity = identity(fresh);
    for password in ["eleven char", "", &"x".repeat(72), &"é".repeat(36)] {
        let error = identity.create_user(&user(&identity, "ada", password), at(0)).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Invalid, "{password}");
    }
    for (name, password) in [("one", "twelve chars"), ("two", &*"x".repeat(71)), ("three", "ééééééééúúúú")]
    {
        let new = user(&identity, name, password);
        identity.create_user(&new, at(0)).unwrap();
        identity.login(name, &new.password).unwrap();
    }
}

pub(super) fn names_are_taken_once(fresh: &Fresh) {
    let identity = identity(fresh);
    identity.create_user(&user(&identity, "ada", "a long enough one"), at(0)).unwrap();
    let again = identity.create_user(&user(&identity, "ADA", "another long one"), at(0)).unwrap_err();
    assert_eq!(again.kind, StoreErrorKind::Conflict);
    assert_eq!(identity.create_tenant("harbour", at(0)).unwrap_err().kind, StoreErrorKind::Conflict);
    for name in ["", " ada", "a\nb", &"x".repeat(65)] {
        assert_eq!(identity.create_tenant(name, at(0)).unwrap_err().kind, StoreErrorKind::Invalid);
    }
}

pub(super) fn a_user_needs_a_tenant_that_exists(fresh: &Fresh) {
    let identity = identity(fresh);
    let mut new = user(&identity, "ada", "a long enough one");
    new.tenant = domain::TenantId(uuid::Uuid::from_u128(3));
    assert_eq!(identity.create_user(&new, at(0)).unwrap_err().kind, StoreErrorKind::Invalid);
}

pub(super) fn a_changed_password_is_the_only_one(fresh: &Fresh) {
    let identity = identity(fresh);
    let new = user(&identity, "ada", "a long enough one");
    let made = identity.create_user(&new, at(0)).unwrap();
    identity.set_password(made.id, &secret("quite another one")).unwrap();
    assert!(identity.login("ada", &new.password).is_err());
    identity.login("ada", &secret("quite another one")).unwrap();
    assert_eq!(identity.set_password(made.id, &secret("short")).unwrap_err().kind, StoreErrorKind::Invalid);
    let nobody = identity.set_password(uuid::Uuid::from_u128(1), &new.password).unwrap_err();
    assert_eq!(nobody.kind, StoreErrorKind::NotFound);
}

pub(super) fn the_first_administrator_is_made_once(fresh: &Fresh) {
    let identity = identity(fresh);
    let Admin::Created { user, invented: Some(password) } = identity.ensure_admin(None, None, at(0)).unwrap()
    else {
        panic!("an administrator with an invented password is expected")
    };
    assert_eq!((user.username.as_str(), user.role), ("admin", Role::Admin));
    assert_eq!(password.reveal().len(), 24);
    identity.login("admin", &password).unwrap();
    let again = identity.ensure_admin(Some("root"), Some(secret("a long enough one")), at(1)).unwrap();
    assert_eq!(again, Admin::Existing(user));
    assert!(identity.login("root", &secret("a long enough one")).is_err());
}

pub(super) fn a_given_administrator_keeps_the_given_password(fresh: &Fresh) {
    let identity = identity(fresh);
    let given = secret("a long enough one");
    let admin = identity.ensure_admin(Some("root"), Some(given.clone()), at(0)).unwrap();
    assert!(matches!(&admin, Admin::Created { invented: None, .. }));
    assert_eq!(identity.login("root", &given).unwrap().user, *admin.user());
}

pub(super) fn invented_passwords_differ_and_are_not_shown_by_accident(fresh: &Fresh) {
    let invented = || match identity(fresh).ensure_admin(None, None, at(0)).unwrap() {
        Admin::Created { invented: Some(password), .. } => password,
        other => panic!("{other:?}"),
    };
    let (one, two) = (invented(), invented());
    assert_ne!(one, two);
    assert!(!format!("{one:?}").contains(one.reveal()));
}

pub(super) fn ids_sort_by_the_time_they_were_made(fresh: &Fresh) {
    let identity = identity(fresh);
    let one = identity.create_tenant("zebra", at(1)).unwrap();
    let two = identity.create_tenant("adder", at(2)).unwrap();
    assert!(one.id < two.id);
    assert_eq!(one.id.0.get_version_num(), 7);
    let before = identity.create_tenant("past", domain::Timestamp::from_seconds(-1)).unwrap_err();
    assert_eq!(before.kind, StoreErrorKind::Invalid);
}

pub(super) fn real_hashes_cost_what_they_should(fresh: &Fresh) {
    let store = fresh.store();
    let new = user(&store.identity(), "ada", "a long enough one");
    store.identity().create_user(&new, at(0)).unwrap();
    store.identity().login("ada", &new.password).unwrap();
    store.identity().with_weak_hashes_for_tests().login("ada", &new.password).unwrap();
    assert!(store.identity().login("eve", &new.password).is_err());
}
