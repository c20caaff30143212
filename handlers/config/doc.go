// Package config reads the settings of the dashboard from flags and environment variables into one Config.
//
// It imports the standard library and caarlos0/env only, and nothing of ours: main hands the values on.
//
// To add a setting: a field with its tags in settings.go (the variable, the default, the help: flag, usage text and
// mistakes follow from them), a field in Config, and a line in settings.config that carries one over to the other. A new
// form of text gets a type in values.go.
package config
