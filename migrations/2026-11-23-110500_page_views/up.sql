-- How often the pages were seen and how quick they were: counts by day, page pattern and step of the scale. Nothing of a person.
-- Web processes append to the first; a job adds that up into the second.
CREATE TABLE page_view_batches (
    day    date NOT NULL,
    route  text NOT NULL CHECK (char_length(route) BETWEEN 1 AND 100),
    metric text NOT NULL CHECK (metric IN ('views', 'lcp', 'inp', 'cls', 'ttfb')),
    up_to  integer NOT NULL CHECK (up_to >= 0),
    count  bigint NOT NULL CHECK (count > 0)
);

CREATE TABLE page_views (
    day    date NOT NULL,
    metric text NOT NULL CHECK (metric IN ('views', 'lcp', 'inp', 'cls', 'ttfb')),
    route  text NOT NULL CHECK (char_length(route) BETWEEN 1 AND 100),
    up_to  integer NOT NULL CHECK (up_to >= 0),
    count  bigint NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, metric, route, up_to)
);
