package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A Setting is one row of the table of settings.
type Setting struct {
	Variable string // "PUBLIC_URL"
	Flag     string // "public-url", without dashes
	Value    string // "URL"; empty for a switch, which needs no value
	Accepts  string // "an http or https URL …"
	Help     string // a sentence
	Default  string
	Words    bool // Default describes a default that depends on something else

	set func(text string) error
}

// Settings returns the table of settings in the order of the usage text.
func Settings() []Setting { return settings(&Config{}) }

// row returns a setting that a kind of text writes into a field.
func row[T any](variable string, field *T, k kind[T], help string) Setting {
	return Setting{
		Variable: variable, Flag: strings.ReplaceAll(strings.ToLower(variable), "_", "-"),
		Value: k.value, Accepts: k.accepts, Help: help,
		set: func(text string) (err error) {
			*field, err = k.parse(text)
			return err
		},
	}
}

// fixed sets the default.
func (s Setting) fixed(text string) Setting {
	s.Default = text
	return s
}

// words describes a default that depends on something else.
func (s Setting) words(text string) Setting {
	s.Default, s.Words = text, true
	return s
}

const usageHead = `A dashboard for administrators of a Tallyfy organisation.

  tallyfy-admin --sandbox
      try it with an invented organisation, on http://127.0.0.1:8080
  tallyfy-admin
      serve your own organisation, on http://127.0.0.1:8080
  tallyfy-admin --addr :8080 --public-url https://tools.example.com/tallyfy --trusted-proxies 10.0.0.0/8
      the same behind a reverse proxy

Usage: tallyfy-admin [command] [flags]

  serve         serve the dashboard (the default)
  healthcheck   ask the server with the same settings whether it lives
  version       print the version

A flag wins over its environment variable; an empty variable counts as unset.

`

// Usage writes the help text: three invocations, the commands, and each flag with its variable,
// meaning and default.
func Usage(w io.Writer) {
	_, _ = io.WriteString(w, usageHead)
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "FLAG\tVARIABLE\tMEANING\tDEFAULT")
	for _, row := range Settings() {
		flag := strings.TrimSpace("--" + row.Flag + " " + row.Value)
		_, _ = fmt.Fprintf(columns, "%s\t%s\t%s\t%s\n", flag, row.Variable, row.Help, row.Default)
	}
	_, _ = fmt.Fprintln(columns, "--help, -h\t\tPrint this text.\t")
	_ = columns.Flush()
}
