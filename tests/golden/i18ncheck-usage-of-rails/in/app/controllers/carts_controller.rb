class CartsController
  def update
    redirect_to :show, notice: t('.done')
  end
end
