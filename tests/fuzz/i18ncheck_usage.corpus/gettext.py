_(f'a.{x}') + pgettext('c', 'id') __('a.' . $x . '.y') _("""home""") '\u{fc}\x41\uD83D\uDE00'
