DROP TABLE page_views;
DROP TABLE page_view_batches;
