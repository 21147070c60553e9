print(_('Your cart is empty'), ngettext('%d item', '%d items', n) % n)
_('Your cart is emtpy')  # _('Never mind')
