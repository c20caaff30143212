// Package config reads the settings of the dashboard from flags and environment variables into one
// Config.
//
// It may import ratelimit for its Rate, and nothing else of ours: main hands the values on.
//
// To add a setting: a field of Config, a row of settings, and the row that a test then asks for in
// .github/deployment.md. Flag, variable, help and mistakes follow from the row. A new form of text
// gets a parser in values.go.
package config
