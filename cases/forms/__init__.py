"""Forms: what may be typed."""

from django.core.exceptions import ValidationError


def tell(form, refusal, **at):
    """Put the errors of a refused deed beside the field that can mend them; the rest stands on top.

    `at` says where a code belongs: `tell(form, refusal, asked_without_authority="is_asked")`. An error of a
    field that this form has goes to that field.
    """
    if not hasattr(refusal, "error_dict"):
        refusal = ValidationError({"__all__": refusal.error_list})
    for name, errors in refusal.error_dict.items():
        for error in errors:
            place = at.get(error.code, name)
            form.add_error(place if place in form.fields else None, error)
