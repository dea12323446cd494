DROP TABLE switches;
