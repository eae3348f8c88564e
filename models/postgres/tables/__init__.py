"""A desk's tables on a server: made and updated by the migrations, compared, and who may do what."""
