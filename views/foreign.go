package views

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"tallyfy-admin/views/names"
)

// foreign is a text of Tallyfy's or of a form's, with a direction of its own that ends with it. It is no
// template, because long lists are full of it.
type foreign string

// Render writes the text.
func (f foreign) Render(_ context.Context, w io.Writer) error {
	return writeAll(w, "<bdi>", templ.EscapeString(names.Neutral(string(f))), "</bdi>")
}

// writeAll writes texts that are HTML.
func writeAll(w io.Writer, html ...string) error {
	for _, text := range html {
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// address is an email address, which is written from left to right whatever it holds.
func address(email string) templ.Component {
	return templ.Raw(`<bdi dir="ltr">` + templ.EscapeString(names.Neutral(email)) + "</bdi>")
}

// breaks marks where a long address or name of a place may go on in the next line.
var breaks = strings.NewReplacer("@", "@<wbr>", ".", ".<wbr>", "/", "/<wbr>")

// longAddress is address where there may be little room: it breaks behind @ and full stops only.
func longAddress(email string) templ.Component {
	return templ.Raw(`<bdi dir="ltr">` + breaks.Replace(templ.EscapeString(names.Neutral(email))) + "</bdi>")
}

// longWord is foreign for a text that is one long word.
func longWord(text string) templ.Component {
	return templ.Raw("<bdi>" + breaks.Replace(templ.EscapeString(names.Neutral(text))) + "</bdi>")
}
