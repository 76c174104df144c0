"""The tables, the same on SQLite and PostgreSQL. Alembic's migrations create them; a test compares the two.

Times are seconds since the Unix epoch (UTC) in double precision; money is micro-dollars in 64-bit integers.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

SECONDS: sa.Double[float] = sa.Double()

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # The queue: priority first (lower is sooner), then the virtual tag, which takes turns between owners.
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("vtag", SECONDS, nullable=False),
    sa.Column("run_after", SECONDS, nullable=False),
    # The lease: who works on it, until when; the token fences off a worker that lost it.
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_token", sa.Integer, nullable=False),
    sa.Column("lease_until", SECONDS),
    sa.Column("crashes", sa.Integer, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("event_seq", sa.Integer, nullable=False),
    # A caller's own key: the same submission sent twice makes one job.
    sa.Column("submission_key", sa.Text),
    # What is to be done and what came of it.
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("result", sa.JSON),
    sa.Column("error", sa.JSON),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("started_at", SECONDS),
    sa.Column("finished_at", SECONDS),
    sa.UniqueConstraint("owner", "submission_key"),
    sa.Index("ix_jobs_queue", "state", "pool", "priority", "vtag"),
    sa.Index("ix_jobs_turns", "pool", "owner", "state", "vtag"),
    sa.Index("ix_jobs_owner", "owner", "created_at"),
    sa.Index("ix_jobs_created_at", "created_at", "state"),
)

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("paid", sa.Boolean, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False),
    sa.Column("result", sa.JSON),
    sa.Column("started_at", SECONDS, nullable=False),
    sa.Column("finished_at", SECONDS),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("at", SECONDS, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_started", sa.Text, nullable=False),
    sa.Column("heartbeat_at", SECONDS, nullable=False),
)

assets = sa.Table(
    "assets",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("media", sa.JSON, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("provenance", sa.JSON),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Index("ix_assets_owner_created_at", "owner", "created_at"),
)

named_references = sa.Table(
    "named_references",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    # What names are compared by; `spelling` is the name as its owner writes it.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("spelling", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("asset_id", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
)

cached_results = sa.Table(
    "cached_results",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("expires_at", SECONDS, nullable=False),
    sa.Index("ix_cached_results_expires_at", "expires_at"),
)

cached_values = sa.Table(
    "cached_values",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    # Empty for what is the same for everybody.
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("expires_at", SECONDS, nullable=False),
    sa.Index("ix_cached_values_expires_at", "expires_at"),
)

# What a picture file shows, beside what its bytes are: the same for all owners, as the id is.
asset_digests = sa.Table(
    "asset_digests",
    metadata,
    sa.Column("asset_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
)

# Who is doing a piece of work that others wait for, and until when they wait if nothing is heard.
flights = sa.Table(
    "flights",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("lease_until", SECONDS, nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("last_used_at", SECONDS),
    sa.Column("revoked_at", SECONDS),
)

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # `user`, `provider` or `project` (subject: one of them, or `*` for each by itself), or `total` (subject empty).
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("cap", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("scope", "subject", "period"),
)

budget_windows = sa.Table(
    "budget_windows",
    metadata,
    sa.Column("budget_id", sa.Text, sa.ForeignKey("budgets.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("starts_at", sa.BigInteger, primary_key=True),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("spent", sa.BigInteger, nullable=False),
    # The highest level, in percent of the cap, that an alert was given for.
    sa.Column("alerted", sa.Integer, nullable=False, server_default="0"),
)

budget_alerts = sa.Table(
    "budget_alerts",
    metadata,
    sa.Column("budget_id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("starts_at", sa.BigInteger, primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("cap", sa.BigInteger, nullable=False),
    sa.Column("at", SECONDS, nullable=False),
    sa.Index("ix_budget_alerts_at", "at"),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("model_id", sa.Text, nullable=False),
    # Whom it is paid to, and what for, where budgets ask; empty: nobody said.
    sa.Column("provider", sa.Text, nullable=False, server_default=""),
    sa.Column("project", sa.Text, nullable=False, server_default=""),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("charged", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("settled_at", SECONDS),
    sa.Index("ix_holds_owner_created_at", "owner", "created_at"),
    sa.Index("ix_holds_state", "state"),
)

hold_windows = sa.Table(
    "hold_windows",
    metadata,
    sa.Column("hold_id", sa.Text, sa.ForeignKey("holds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("budget_id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("starts_at", sa.BigInteger, nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("hold_id", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("model_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("at", SECONDS, nullable=False),
    sa.Index("ix_ledger_owner_at", "owner", "at"),
    sa.Index("ix_ledger_at", "at"),
    sa.Index("ix_ledger_hold_id", "hold_id"),
)

observations = sa.Table(
    "observations",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", SECONDS, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("workflow", sa.Text, nullable=False),
    sa.Column("model_id", sa.Text, nullable=False),
    sa.Column("seconds", SECONDS),
    sa.Column("megapixels", SECONDS),
    sa.Column("cost", sa.BigInteger),
    sa.Column("accepted", sa.Boolean),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Index("ix_observations_workflow_kind_id", "workflow", "kind", "id"),
    sa.Index("ix_observations_at", "at"),
    sa.Index("ix_observations_owner_at", "owner", "at"),
    sa.Index("ix_observations_kind_at", "kind", "at"),
)

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # Empty: all workflows.
    sa.Column("workflow", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("arms", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("ended_at", SECONDS),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    # What is judged: empty where the job came to no result, or took part in no experiment.
    sa.Column("workflow", sa.Text, nullable=False),
    sa.Column("model_id", sa.Text, nullable=False),
    sa.Column("experiment", sa.Text, nullable=False),
    sa.Column("arm", sa.Text, nullable=False),
    sa.Column("stars", sa.Integer),
    sa.Column("liked", sa.Boolean),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("at", SECONDS, nullable=False),
    sa.Column("changed_at", SECONDS, nullable=False),
    sa.Index("ix_feedback_owner_at", "owner", "at"),
    sa.Index("ix_feedback_at", "at"),
    sa.Index("ix_feedback_experiment", "experiment"),
)

feature_ratings = sa.Table(
    "feature_ratings",
    metadata,
    sa.Column("job_id", sa.Text, sa.ForeignKey("feedback.job_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("feature", sa.Text, primary_key=True),
    sa.Column("stars", sa.Integer, nullable=False),
)

# What shops sell. `terms` is what search reads: the words and filters of an offer that can be bought, empty for one
# that has gone. The index over it belongs to `shop.index`, which makes it where it is missing.
products = sa.Table(
    "products",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    # Empty: everybody's.
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("shop", sa.Text, nullable=False),
    # The offer's id in its feed; offers of one group differ in size or colour.
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("group_id", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    # What it costs now, in minor units of the currency; NULL where the feed does not say.
    sa.Column("price", sa.BigInteger),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("updated_at", SECONDS, nullable=False),
    sa.Column("gone_at", SECONDS),
    sa.UniqueConstraint("owner", "shop", "key"),
)

product_imports = sa.Table(
    "product_imports",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("shop", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    # Of the feed's bytes and of how they are read: only the same import is taken up again.
    sa.Column("feed_digest", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # Records of the feed that are dealt with.
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("started_at", SECONDS, nullable=False),
    sa.Column("finished_at", SECONDS),
    sa.Index("ix_product_imports_owner_started_at", "owner", "started_at"),
)

# Every word and colour cell that offers have had, so that near ones are found.
product_vocabulary = sa.Table(
    "product_vocabulary",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("term", sa.Text, primary_key=True),
)

product_vectors = sa.Table(
    "product_vectors",
    metadata,
    sa.Column(
        "product_id",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        sa.ForeignKey("products.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("kind", sa.Text, primary_key=True),
    # Of unit length, little-endian float16.
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

wardrobe_items = sa.Table(
    "wardrobe_items",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("asset_id", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("colours", sa.JSON, nullable=False),
    sa.Column("seasons", sa.JSON, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("changed_at", SECONDS, nullable=False),
    sa.Index("ix_wardrobe_items_owner_created_at", "owner", "created_at"),
)

# Batches: many requests with one plan. An item becomes one job; what an item's job does stands in `jobs`.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # Why it is paused, in words.
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("pause_on_error", sa.Boolean, nullable=False),
    # What it may cost in all; NULL: nothing of its own caps it.
    sa.Column("budget", sa.BigInteger),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("event_seq", sa.Integer, nullable=False),
    sa.Column("submission_key", sa.Text),
    # Which process makes jobs of its items, and until when that is believed.
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", SECONDS, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("finished_at", SECONDS),
    sa.UniqueConstraint("owner", "submission_key"),
    sa.Index("ix_batches_owner_created_at", "owner", "created_at"),
    sa.Index("ix_batches_state", "state"),
)

batch_items = sa.Table(
    "batch_items",
    metadata,
    sa.Column("batch_id", sa.Text, sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # NULL where the item could not be understood; `error` says why.
    sa.Column("request", sa.JSON),
    sa.Column("error", sa.JSON),
    # Counts what `retry` made of it; the job's submission key is made of batch, key and attempt.
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("job_id", sa.Text),
    # What its job may cost at most, and what earlier attempts did cost.
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("spent_before", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("batch_id", "key"),
    sa.Index("ix_batch_items_state", "batch_id", "state", "number"),
    sa.Index("ix_batch_items_job_id", "job_id"),
)

batch_events = sa.Table(
    "batch_events",
    metadata,
    sa.Column("batch_id", sa.Text, sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("at", SECONDS, nullable=False),
)

sa.Index("ix_holds_job_id", holds.c.job_id)

# What the gallery knows of an asset beside the asset itself: what it is found by, whether it is starred or in the trash.
gallery = sa.Table(
    "gallery",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("asset_id", sa.Text, primary_key=True),
    sa.Column("created_at", SECONDS, nullable=False),
    # `upload` or `result`; `picture`, `clip` or `document`.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("workflow", sa.Text, nullable=False),
    sa.Column("model_id", sa.Text, nullable=False),
    # Prompt, name, model and workflow, case-folded: what a search for words looks into.
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("starred", sa.Boolean, nullable=False),
    sa.Column("deleted_at", SECONDS),
    sa.Index("ix_gallery_newest", "owner", "created_at", "asset_id"),
    sa.Index("ix_gallery_deleted_at", "deleted_at"),
)

boards = sa.Table(
    "boards",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.UniqueConstraint("owner", "name"),
)

board_assets = sa.Table(
    "board_assets",
    metadata,
    sa.Column("board_id", sa.Text, sa.ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("asset_id", sa.Text, primary_key=True),
    sa.Column("added_at", SECONDS, nullable=False),
)

# Files that no owner's row names any more; they are removed after a while, when still nobody has them.
unneeded_files = sa.Table(
    "unneeded_files",
    metadata,
    sa.Column("asset_id", sa.Text, primary_key=True),
    sa.Column("since", SECONDS, nullable=False),
)

# A browser that showed an API key. Only a hash of what its cookie holds is kept.
web_sessions = sa.Table(
    "web_sessions",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("created_at", SECONDS, nullable=False),
    sa.Column("expires_at", SECONDS, nullable=False),
    sa.Index("ix_web_sessions_expires_at", "expires_at"),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("changed_at", SECONDS, nullable=False),
)

# Pictures of persons that are removed when the job they were given to has ended and nothing keeps them.
passing_pictures = sa.Table(
    "passing_pictures",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("asset_id", sa.Text, primary_key=True),
    sa.Column("job_id", sa.Text, primary_key=True),
)

# What is known of a user's taste: what was said and what answers to looks taught.
fashion_profiles = sa.Table(
    "fashion_profiles",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("changed_at", SECONDS, nullable=False),
)
