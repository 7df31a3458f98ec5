"""What may be typed about an external expert and the arrangement with the school."""

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.setup import UsernameField


class AddExpertForm(forms.Form):
    """A new external expert. The lengths are those of the letter."""

    first_name = forms.CharField(label=_("First name"), max_length=60)
    prefix = forms.CharField(label=_("Prefix"), max_length=20, required=False, help_text=_("Like: van der"))
    last_name = forms.CharField(label=_("Surname"), max_length=80)
    title = forms.CharField(
        label=_("As parents read it"),
        max_length=40,
        help_text=_("The letter names the expert like this: mevrouw De Boer."),
    )
    function = forms.CharField(
        label=_("Function"), max_length=40, help_text=_("In words that parents know: gedragsdeskundige, logopedist.")
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=80, required=False)
    username = UsernameField(help_text=_("To sign in with. For example: bo.deboer"))

    layout = Layout(
        Fieldset(_("Name"), "first_name", Field("prefix", wrapper_class="field-short"), "last_name", "title"),
        Fieldset(_("Work"), "function", "organisation"),
        "username",
    )


class AddKnownExpertForm(forms.Form):
    """An expert who signs in already, for another school. Nobody's experts are listed: one has to know the name."""

    username = UsernameField()
    last_name = forms.CharField(label=_("Surname"), max_length=80, help_text=_("Without prefix."))

    layout = Layout("username", "last_name")


class ArrangementForm(forms.Form):
    """The text of the arrangement. `after` is the edition that the writer had before the eyes."""

    text = forms.CharField(
        label=_("What we agree"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 18, "class": "long"}),
        help_text=_("Experts read this and accept it before they see anything of a child."),
    )
    after = forms.IntegerField(widget=forms.HiddenInput)

    layout = Layout("after", "text")

    def clean_text(self):
        """A browser sends other line ends than it was given; that is no change of the text."""
        return self.cleaned_data["text"].replace("\r\n", "\n")

    def look_again(self, newest):
        """Take the edition that stands now: who has read it may publish after all."""
        self.data = self.data.copy()
        self.data["after"] = str(newest.edition)
