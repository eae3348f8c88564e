"""Issues from files: the exports of Zendesk and Freshdesk, and plain CSV, JSON, SQL text and workbooks."""
