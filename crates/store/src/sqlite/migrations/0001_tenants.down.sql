DROP TRIGGER audit_is_not_deleted;
DROP TRIGGER audit_is_not_changed;
DROP TABLE audit;
DROP TABLE accounts;
DROP TABLE users;
DROP TABLE tenants;
DROP TABLE meta;
