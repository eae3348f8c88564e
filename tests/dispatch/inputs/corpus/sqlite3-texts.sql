PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE bookings(BookingID int, Destination text, Note text);
INSERT INTO bookings VALUES(1,'O''Hara',replace(replace('a\012b''c\n\r	','\r',char(13)),'\012',char(10)));
INSERT INTO bookings VALUES(2,NULL,X'00ff');
INSERT INTO bookings VALUES(3,'1.0e+300','replace(''x'')');
INSERT INTO bookings VALUES(4,'C:\','--; /*');
COMMIT;
