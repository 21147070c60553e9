t('b.x')
t(`a.${n}`)
k='c.y';
t('b.q')
