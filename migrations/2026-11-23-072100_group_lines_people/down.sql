DROP INDEX messages_line_user_idx;
