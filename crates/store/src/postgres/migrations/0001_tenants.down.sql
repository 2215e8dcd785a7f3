DROP TABLE audit;
DROP FUNCTION audit_stays();
DROP TABLE accounts;
DROP TABLE users;
DROP TABLE tenants;
DROP TABLE meta;
