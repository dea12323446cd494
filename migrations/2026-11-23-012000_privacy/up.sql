-- What a person lets others see, and so what they see of others.

ALTER TABLE users
    ADD COLUMN shares_presence boolean NOT NULL DEFAULT true,
    ADD COLUMN shares_typing   boolean NOT NULL DEFAULT true,
    ADD COLUMN shares_reading  boolean NOT NULL DEFAULT true;
