/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `bookings` (
  `BookingID` int(11) NOT NULL,
  `Destination` varchar(99) DEFAULT 'a;b',
  PRIMARY KEY (`BookingID`)
);
INSERT INTO `bookings` VALUES
(1,'Mars\nand "back"'),
(2,NULL);
