package config

import (
	"fmt"
	"io"
	"text/tabwriter"
)

const usageHead = `A dashboard for administrators of a Tallyfy organisation.

  tallyfy-admin --sandbox
      try it with a made-up organisation, on http://127.0.0.1:8080
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

// Usage writes the help text: three invocations, the commands, and each flag with its variable, meaning and default.
func Usage(w io.Writer) {
	_, _ = io.WriteString(w, usageHead)
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "FLAG\tVARIABLE\tMEANING\tDEFAULT")
	for _, row := range Settings() {
		flag := "--" + row.Flag
		if row.Value != "" {
			flag += " " + row.Value
		}
		_, _ = fmt.Fprintf(columns, "%s\t%s\t%s\t%s\n", flag, row.Variable, row.Help, row.Default)
	}
	_, _ = fmt.Fprintln(columns, "--help, -h\t\tPrint this text.\t")
	_ = columns.Flush()
}
