"""The proof that a desk chose as it says; nothing in here imports anything else of Astra's."""
