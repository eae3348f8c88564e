"""``python -m seeds.triage`` (make triage-model): train, write the model's file, and print its accuracy."""

from __future__ import annotations

import sys

from dispatch.triage.categories import CATEGORIES
from seeds.triage.corpus import corpus
from seeds.triage.training import model_path, train, write


def main() -> None:
    examples = corpus()
    table = train(examples)
    write(table, model_path())
    figures = table["measured"]
    sys.stdout.write(
        f"{len(examples)} messages, {len({(one.category, one.intent) for one in examples})} sub-intents, "
        f"{len(CATEGORIES)} categories; {model_path().stat().st_size / 1e6:.2f} MB\n"
        f"{figures['how']}: macro-F1 {figures['macro_f1']}, accuracy {figures['accuracy']}; "
        f"at confidence >= {table['threshold']}: accuracy {figures['covered_accuracy']}, "
        f"coverage {figures['coverage']}\n"
    )


if __name__ == "__main__":
    main()
