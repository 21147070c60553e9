def show
  t('.x'); t :home; t 'a.x', scope: :b
  I18n.t("a.#{x}.y") # t("a.z")
