// Package components is the kit that the screens are built from: buttons, fields, tables, pagers,
// badges, avatars. It knows no domain: each component takes a Props struct of plain values. The
// ids of a field, its hint and its error derive from the field's name, so that label and
// aria-describedby always agree.
//
// It imports nothing of ours. A component belongs here once two screens need it.
package components
