DROP INDEX messages_reactions_idx;
