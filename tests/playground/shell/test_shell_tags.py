from __future__ import annotations

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.template.loader import render_to_string

from playground.shell.templatetags.shell_tags import icon, initials, widget


class PersonForm(forms.Form):
    email = forms.EmailField(help_text="Where the link goes.")
    notes = forms.CharField(widget=forms.Textarea(attrs={"class": "code"}))
    mode = forms.ChoiceField(
        choices=[("auto", "Auto"), ("off", "Off")], widget=forms.RadioSelect
    )
    agrees = forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "switch"}))


def draw_field(name: str, data: dict[str, str] | None = None) -> str:
    return render_to_string("shell/_field.html", {"field": PersonForm(data)[name]})


def test_icon_points_at_its_symbol_and_is_hidden_from_readers():
    html = icon("image", "s")
    assert 'class="i s"' in html
    assert 'aria-hidden="true"' in html
    assert "icons.svg#i-image" in html


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = (settings.BASE_DIR / "static/icons.svg").read_text()
    symbols = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', sprite))
    templates = Path(settings.BASE_DIR / "templates").rglob("*.html")
    named = {
        name
        for template in templates
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', template.read_text())
    }
    assert len(named) > 10
    assert named - symbols == set()


def test_widget_adds_its_class_and_keeps_the_field_s_own():
    assert 'class="input code"' in widget(PersonForm()["notes"])
    assert 'class="switch"' in widget(PersonForm()["agrees"])


def test_wrong_field_is_described_by_its_help_and_its_error():
    html = draw_field("email", {"email": "x"})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error" role="alert"' in html


def test_valid_field_says_nothing_of_errors():
    html = draw_field("email", {"email": "a@example.com"})
    assert "aria-invalid" not in html
    assert "id_email_error" not in html


def test_radio_buttons_are_one_group_with_a_legend_and_labels():
    html = draw_field("mode")
    assert "<fieldset" in html
    assert '<legend class="label">Mode</legend>' in html
    assert html.count("<label") == html.count('type="radio"') == 2


def test_initials_are_two_capitals_of_a_name_or_an_address():
    assert initials("Ines Aalto") == "IA"
    assert initials("ines@example.com") == "IE"
    assert initials("") == ""


def test_server_error_page_needs_no_context():
    html = render_to_string("500.html")
    assert "Something broke on the server" in html
    assert "css/tokens.css" in html
