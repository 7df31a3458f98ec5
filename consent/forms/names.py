"""The naamcontrole beside a form: where it refuses, one button puts the alias in the place of the names (R28)."""

from consent import actions


def put_alias(form, pupil, *, alias, fields):
    """Whether the button was pressed: then these fields hold the alias for every name, to be read and sent again."""
    if "replace" not in form.data:
        return False
    form.data = form.data.copy()
    for name in fields:
        form.data[name] = actions.without_names(form.data.get(name, ""), pupil, alias=alias)
    return True


def offer_alias(form, refusal, alias):
    """Let the page show that button when the naamcontrole is what refuses."""
    rows = getattr(refusal, "error_dict", {}).values()
    if any(error.code == "names_child" for row in rows for error in row):
        form.replace_by = alias
